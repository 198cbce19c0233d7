"""What an outsider finds out who reads a folder of pages and workbooks. Never knows: what dxkit hides."""
