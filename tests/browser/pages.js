// Opens each page of some folders in a real browser, as wide as a desk and as a phone, and on paper: axe-core must find nothing,
// nothing may be wider than the window, and no request may leave. Usage: node pages.js SHOTS FOLDER ..., with playwright-core
// and axe-core beside it and Chromium installed.
const { chromium } = require('playwright-core')
const fs = require('fs')
const path = require('path')

const [shots, ...folders] = process.argv.slice(2)
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const windows = { desk: { width: 1280, height: 900 }, phone: { width: 375, height: 740 } }
const onePage = /^(boss|decision)/

const paper = { width: 680, height: 1009 } // A4 within the margins of our pages

// what is cut off, and what scrolls without the keys
const reached = (page, where) => page.evaluate(where => {
  const faults = []
  const named = each => `${each.tagName} ${each.className}`.trim()
  for (const each of document.querySelectorAll('body *')) {
    const style = getComputedStyle(each)
    if (each.scrollWidth <= each.clientWidth + 1 || !each.clientWidth || style.display === 'inline') continue
    if (style.overflowX === 'hidden') {
      const scrolls = [...each.querySelectorAll('*')].some(inner => /auto|scroll/.test(getComputedStyle(inner).overflowX))
      if (!scrolls) faults.push(`${named(each)} is cut off`)
    }
    if (!/auto|scroll/.test(style.overflowX)) continue
    if (where === 'desk' && each.className === 'wide') faults.push(`${each.innerText.slice(0, 40)} scrolls`)
    each.focus({ focusVisible: true })
    if (document.activeElement !== each) faults.push(`${named(each)} is not reached by the keys`)
    else if (getComputedStyle(each).outlineStyle === 'none') faults.push(`${named(each)} does not show that it has the keys`)
  }
  return [...new Set(faults)]
}, where)

// what would not stand on a sheet of paper
const printed = async page => {
  await page.emulateMedia({ media: 'print' })
  await page.setViewportSize(paper)
  return page.evaluate(({ width, height }) => {
    const faults = []
    for (const each of document.querySelectorAll('table, img, pre, h1, h2, p, li')) {
      const box = each.getBoundingClientRect()
      const named = `paper: ${each.tagName} ${(each.innerText || each.alt || '').slice(0, 40)}`
      if (box.right > width + 1) faults.push(`${named} ends ${Math.round(box.right - width)} pixels beyond it`)
      if (each.tagName === 'IMG' && box.height > 0.9 * height) faults.push(`${named} is ${Math.round(box.height)} pixels high`)
    }
    return faults
  }, paper)
}

const looked = page => page.evaluate(async tags => {
  const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } })
  const faults = violations.map(each => `${each.id}: ${each.nodes.map(node => node.target).join(', ')}`)
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (wide > 0) faults.push(`${wide} pixels wider than the window`)
  const told = document.body.cloneNode(true)
  told.querySelectorAll('script, style, code, .jp-Cell-inputWrapper').forEach(each => each.remove())
  const text = told.textContent.match(/\b(nan|None(?! of)|undefined|NaN)\b|\{\w+\}/)
  if (text) faults.push(`it says ${text[0]}`)
  for (const picture of document.images) {
    if (!picture.naturalWidth) faults.push('a picture that is not drawn')
    if (picture.alt.length < 10 || /^No description/.test(picture.alt)) faults.push(`a picture without a text: ${picture.alt}`)
  }
  return faults
}, rules)

const main = async () => {
  fs.mkdirSync(shots, { recursive: true })
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  let failed = 0
  const pages = folders.flatMap(folder => fs.readdirSync(folder).sort().map(each => path.join(folder, each)))
  for (const file of pages.filter(each => each.endsWith('.html'))) {
    const faults = []
    const name = path.basename(file, '.html')
    const picture = path.join(shots, `${path.basename(path.dirname(file))}-${name}`)
    for (const [where, viewport] of Object.entries(windows)) {
      const context = await browser.newContext({ viewport, bypassCSP: true })
      const page = await context.newPage()
      page.on('request', request => {
        if (!/^(file|data):/.test(request.url())) faults.push(`${where}: asks for ${request.url()}`)
      })
      await page.goto('file://' + path.resolve(file))
      await page.evaluate(axe)
      faults.push(...(await looked(page)).map(fault => `${where}: ${fault}`))
      await page.screenshot({ path: `${picture}-${where}.png`, fullPage: true })
      if (where === 'desk') {
        const sent = await page.pdf({ preferCSSPageSize: true, path: `${picture}.pdf` })
        const sheets = sent.toString('latin1').match(/\/Type\s*\/Page\b/g).length
        if (onePage.test(name) && sheets > 1) faults.push(`${sheets} sheets of paper where one is promised`)
        faults.push(...await printed(page))
        await page.emulateMedia({ media: 'screen' })
        await page.setViewportSize(viewport)
      }
      faults.push(...(await reached(page, where)).map(fault => `${where}: ${fault}`))
      await context.close()
    }
    console.log(`${file}: ${faults.length ? faults.join('; ') : 'no fault'}`)
    failed += faults.length > 0
  }
  await browser.close()
  process.exit(failed ? 1 : 0)
}

main()
