// Opens each notebook in JupyterLab in a real browser, clears it, runs all cells, and looks at what came of it; moves the
// sliders of 03. Usage: node notebooks.js SHOTS FOLDER PYTHON, with playwright-core beside it and Chromium installed.
const { chromium } = require('playwright-core')
const { spawn } = require('child_process')
const crypto = require('crypto')
const fs = require('fs')
const path = require('path')

const [shots, folder, python] = process.argv.slice(2)
const port = 20000 + (process.pid % 20000)
const flags = ['--no-browser', '--ip=127.0.0.1', `--port=${port}`, '--port-retries=0', '--IdentityProvider.token=T',
  '--LabApp.news_url=', '--LabApp.expose_app_in_browser=True', '--allow-root',
  '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate']
const server = spawn(python, ['-m', 'jupyter', 'lab', ...flags], { cwd: folder, stdio: 'ignore' })

const run = async page => page.evaluate(async () => {
  const { commands, shell } = window.jupyterapp
  await shell.currentWidget.sessionContext.ready
  await commands.execute('notebook:clear-all-cell-outputs')
  await commands.execute('notebook:run-all-cells')
})

const looked = page => page.evaluate(() => {
  const found = { code: 0, unrun: 0, faults: [], pictures: 0, tables: 0, slider: -1 }
  const cells = window.jupyterapp.shell.currentWidget.context.model.cells
  for (let i = 0; i < cells.length; i++) {
    const cell = cells.get(i)
    if (cell.type !== 'code') continue
    found.code++
    if (!cell.executionCount) found.unrun++
    if (cell.sharedModel.source.startsWith('dx.panel')) found.slider = i
    for (let k = 0; k < cell.outputs.length; k++) {
      const output = cell.outputs.get(k)
      const warned = output.type === 'stream' && output.toJSON().name === 'stderr'
      if (output.type === 'error' || warned) found.faults.push(`cell ${i}: ${output.type}`)
      if (output.data && output.data['image/png']) found.pictures++
      if (output.data && output.data['text/html']) found.tables++
    }
  }
  return found
})

const photographed = async (page, stem) => {
  const height = await page.evaluate(() => document.querySelector('.jp-WindowedPanel-outer').scrollHeight)
  for (let y = 0, i = 0; y < height; y += 850, i++) {
    await page.evaluate(to => { document.querySelector('.jp-WindowedPanel-outer').scrollTop = to }, y)
    await page.waitForTimeout(300)
    await page.screenshot({ path: path.join(shots, `${stem}-${String(i).padStart(2, '0')}.png`) })
  }
}

// the picture that the sliders draw, as a digest, before and after one is moved with the mouse
const slid = async (page, cell) => {
  await page.evaluate(at => window.jupyterapp.shell.currentWidget.content.scrollToItem(at, 'start'), cell)
  const picture = page.locator('.widget-image').first()
  await picture.waitFor({ timeout: 30000 })
  const digest = async () => crypto.createHash('md5').update(await picture.evaluate(async element =>
    (await (await fetch(element.src)).text()))).digest('hex')
  const before = await digest()
  const handle = page.locator('.widget-slider .noUi-handle').nth(1)
  const box = await handle.boundingBox()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + 120, box.y + box.height / 2, { steps: 8 })
  await page.mouse.up()
  for (let i = 0; i < 40; i++) {
    await page.waitForTimeout(500)
    if (await digest() !== before) return true
  }
  return false
}

const main = async () => {
  fs.mkdirSync(shots, { recursive: true })
  for (let i = 0; i < 60; i++) {
    const up = await fetch(`http://127.0.0.1:${port}/api?token=T`).then(reply => reply.ok, () => false)
    if (up) break
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
  let bad = 0
  for (const name of fs.readdirSync(folder).filter(each => each.endsWith('.ipynb')).sort()) {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
    await page.goto(`http://127.0.0.1:${port}/lab/tree/${name}?token=T&reset`)
    await page.waitForFunction(() => window.jupyterapp?.shell.currentWidget?.context?.isReady, null, { timeout: 60000 })
    await page.waitForTimeout(1500)
    await run(page)
    await page.waitForFunction(() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle',
      null, { timeout: 180000 })
    await page.waitForTimeout(1500)
    const found = await looked(page)
    await photographed(page, path.basename(name, '.ipynb'))
    if (found.slider >= 0) found.slid = await slid(page, found.slider)
    const wrong = found.unrun || found.faults.length || !found.pictures || found.slid === false
    if (wrong) bad++
    console.log(`${wrong ? 'WRONG' : 'right'}  ${name}  ${JSON.stringify(found)}`)
    await page.evaluate(() => window.jupyterapp.commands.execute('docmanager:save')).catch(() => {})
    await page.close()
  }
  await browser.close()
  return bad
}

main().then(bad => bad, error => { console.error(error); return 1 }).then(bad => { server.kill(); process.exit(bad ? 1 : 0) })
