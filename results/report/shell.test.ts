import { expect, test } from 'vitest'
import { illegalRun, validRun } from '../examples.ts'
import { reportHtml } from './page.ts'
import { pageShell, shellOf } from './shell.ts'

const bare = shellOf('<head><!--slot:head--></head><body><!--slot:body--><!--slot:data--></body>')

test('what a run puts into a slot stays as it is, whatever it looks like', () => {
  const filled = bare.fill({ head: '$&', body: "$' $1 <!--slot:data-->", data: '' })
  expect(filled).toBe("<head>$&</head><body>$' $1 <!--slot:data--></body>")
})

test('without its program the page still gives verdict, core, proof and faults, and allows no script', () => {
  const page = reportHtml(illegalRun({ ops: 400 }), bare)
  for (const part of ['✕', 'What can not be put in order', 'a stale read', 'Around the anomaly', 'npm run build:page'])
    expect(page).toContain(part)
  expect(page).not.toContain('<script')
  expect(page).toContain('script-src &#39;none&#39;')
})

test('the built program is in the page once, under a policy that names it and nothing else', () => {
  const shell = pageShell()
  expect(shell.hasProgram).toBe(true)
  const page = reportHtml(validRun({ ops: 10 }))
  expect(page.split('</script>')).toHaveLength(3)
  expect(shell.scriptHashes).toHaveLength(1)
  expect(page).toContain(`script-src &#39;sha256-${shell.scriptHashes[0]}&#39;`)
  expect(page).not.toContain('<!--slot:')
})
