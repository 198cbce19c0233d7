// Opens each page of a folder in a real browser, as wide as a desk and as a phone, and on paper: axe-core must find nothing,
// nothing may be wider than the window, and no request may leave. Usage: node pages.js FOLDER SHOTS, with playwright-core
// and axe-core beside it and Chromium installed.
const { chromium } = require('playwright-core')
const fs = require('fs')
const path = require('path')

const [folder, shots] = process.argv.slice(2)
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const windows = { desk: { width: 1280, height: 900 }, phone: { width: 375, height: 740 } }
const onePage = /^(boss|decision)/

const looked = page => page.evaluate(async tags => {
  const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } })
  const faults = violations.map(each => `${each.id}: ${each.nodes.map(node => node.target).join(', ')}`)
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (wide > 0) faults.push(`${wide} pixels wider than the window`)
  const text = document.body.innerText.match(/\b(nan|None|undefined|NaN)\b|\{\w+\}/)
  if (text) faults.push(`it says ${text[0]}`)
  for (const picture of document.images) if (!picture.naturalWidth) faults.push('a picture that is not drawn')
  return faults
}, rules)

const main = async () => {
  fs.mkdirSync(shots, { recursive: true })
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  let failed = 0
  for (const name of fs.readdirSync(folder).filter(each => each.endsWith('.html')).sort()) {
    const faults = []
    for (const [where, viewport] of Object.entries(windows)) {
      const context = await browser.newContext({ viewport, bypassCSP: true })
      const page = await context.newPage()
      page.on('request', request => {
        if (!/^(file|data):/.test(request.url())) faults.push(`${where}: asks for ${request.url()}`)
      })
      await page.goto('file://' + path.resolve(folder, name))
      await page.evaluate(axe)
      faults.push(...(await looked(page)).map(fault => `${where}: ${fault}`))
      await page.screenshot({ path: path.join(shots, `${name}-${where}.png`), fullPage: true })
      if (where === 'desk') {
        const paper = (await page.pdf({ preferCSSPageSize: true, path: path.join(shots, `${name}.pdf`) })).toString('latin1')
        const sheets = paper.match(/\/Type\s*\/Page\b/g).length
        if (onePage.test(name) && sheets > 1) faults.push(`${sheets} sheets of paper where one is promised`)
      }
      await context.close()
    }
    console.log(`${name}: ${faults.length ? faults.join('; ') : 'no fault'}`)
    failed += faults.length > 0
  }
  await browser.close()
  process.exit(failed ? 1 : 0)
}

main()
