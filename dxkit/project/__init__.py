from dxkit.project import samples as samples
