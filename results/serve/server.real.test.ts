/** The web interface over real sockets: what it shows, and what it must not. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freshRoot, makeDirectory, makeRun } from '../index/runs.fixture.ts'
import { writeCampaignSummaries } from '../summaries/of-campaign.ts'
import { serve } from './server.ts'
import { raw, rawGet, type Site, serving } from './serving.fixture.ts'

const secret = 'the-secret-outside'
const script = '<script>alert(1)</script>'
const image = '<img src=x onerror=alert(1)>'

let root = ''
let campaigns = ''
let outside = ''
let site: Site
let port = 0
beforeAll(async () => {
  root = freshRoot()
  outside = mkdtempSync(join(tmpdir(), 'faultline-outside-'))
  writeFileSync(join(outside, 'plan.json'), secret)
  writeFileSync(join(outside, 'n1.log'), secret)
  const valid = makeRun(root, {
    name: 'one',
    outcome: 'valid',
    seed: '1',
    faults: ['kill'],
    startedAt: '2026-02-01T10:00:00.000Z',
  })
  valid.writeReport('<p>the report</p>', 'the report')
  writeFileSync(join(valid.logs, 'n1.log'), `\u001b[31m${script}\n`)
  mkdirSync(join(valid.nodes, 'n1'))
  writeFileSync(join(valid.nodes, 'n1', 'wal'), 'data of a node')
  makeRun(root, { name: 'two', outcome: 'illegal', cause: script, seed: script, bug: script, faults: [script] })
  makeDirectory(root, '<img src=x onerror=alert(1)>', { 'plan.json': '{' })
  const linked = makeRun(root, { name: 'linked', outcome: 'valid' })
  for (const file of ['report.html', 'report.txt']) symlinkSync(join(outside, 'plan.json'), join(linked.dir, file))
  symlinkSync(join(outside, 'n1.log'), join(linked.logs, 'n1.log'))
  rmSync(linked.nodes, { recursive: true })
  symlinkSync(outside, linked.nodes)
  const away = makeRun(root, { name: 'away', outcome: 'valid' })
  rmSync(away.logs, { recursive: true })
  symlinkSync(outside, away.logs)
  symlinkSync(outside, join(root, 'aside'))
  execFileSync('mkfifo', [join(away.dir, 'report.txt')])
  makeCampaigns()
  site = await serving(root, campaigns)
  port = site.serving.port
})
afterAll(async () => {
  await site.close()
  rmSync(root, { recursive: true })
  rmSync(outside, { recursive: true })
  rmSync(campaigns, { recursive: true })
})

function makeCampaigns(): void {
  campaigns = mkdtempSync(join(tmpdir(), 'faultline-campaigns-'))
  const made = (name: string, cause: string, dir: string) => {
    mkdirSync(join(campaigns, name))
    const run = {
      id: `register ${cause} 1`,
      group: cause,
      outcome: 'illegal',
      cause,
      seconds: 3,
      repeat: cause,
    } as const
    const runs = [
      { ...run, dir },
      { ...run, id: 'two', outcome: 'valid' as const },
    ]
    writeCampaignSummaries(join(campaigns, name), { name, mode: 'sim', exitCode: 1, runs, notRun: [cause], planned: 9 })
  }
  made('night', 'stale', join(root, 'one'))
  made(image, script, join(outside, 'x'))
  made('linked', 'fine', join(root, 'aside'))
  rmSync(join(campaigns, 'linked', 'junit.xml'))
  symlinkSync(join(outside, 'plan.json'), join(campaigns, 'linked', 'junit.xml'))
  symlinkSync(outside, join(campaigns, 'aside'))
  makeDirectory(campaigns, 'hidden', { 'secret.txt': secret, 'summary.json': `{"secret":"${secret}"` })
  mkdirSync(join(campaigns, 'piped'))
  execFileSync('mkfifo', [join(campaigns, 'piped', 'summary.json')])
}
afterEach(() => expect(site.problems).toEqual([]))

const get = (path: string) => rawGet(port, path)

describe('the list', () => {
  test('shows every run, by word and sign, and damaged ones too', async () => {
    const { status, body } = await get('/')
    expect(status).toBe(200)
    expect(body).toContain('5 runs')
    expect(body).toMatch(/<span aria-hidden="true">✓<\/span>valid/)
    expect(body).toMatch(/<span aria-hidden="true">✕<\/span>illegal/)
    expect(body).toContain('damaged: plan.json can not be read')
  })

  test('is filtered, searched and sorted by its address alone', async () => {
    const namesIn = (body: string) => [...body.matchAll(/name="run" value="([^"]+)"/g)].map(([, name]) => name)
    expect(namesIn((await get('/?outcome=valid&sort=name&way=up')).body)).toEqual(['away', 'linked', 'one'])
    expect(namesIn((await get('/?fault=kill')).body)).toEqual(['one'])
    expect(namesIn((await get('/?q=alert+illegal')).body)).toEqual(['two'])
    expect(namesIn((await get(`/?q=${encodeURIComponent("'; DROP TABLE runs --")}`)).body)).toEqual([])
  })

  test('is there for programs as well', async () => {
    const { headers, body } = await get('/runs.json?outcome=valid')
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(JSON.parse(body)).toMatchObject({ 'faultline-runs': 1, total: 3 })
  })
})

test('a run has a page with the way to its files, which are sent as they are', async () => {
  expect((await get('/runs/one')).headers.location).toBe('/runs/one/')
  const { body } = await get('/runs/one/')
  for (const way of ['report.html', 'archive.tar.gz', 'plan.json', 'logs/n1.log'])
    expect(body).toContain(`"/runs/one/${way}"`)
  const log = await get('/runs/one/logs/n1.log')
  expect(log.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(log.body).toBe(readFileSync(join(root, 'one/logs/n1.log'), 'utf8'))
  expect(
    (await raw(port, `HEAD /runs/one/plan.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).body,
  ).toBe('')
})

describe('campaigns', () => {
  test('are listed with their outcomes, and the way to each and to its files', async () => {
    expect((await get('/campaigns')).headers.location).toBe('/campaigns/')
    const { status, body } = await get('/campaigns/')
    expect(status).toBe(200)
    expect(body).toContain('4 campaigns')
    expect(body).toMatch(
      /href="\/campaigns\/night\/">night<.*\n.*not passed \(exit code 1\).*\n.*illegal<\/span> <b>1<\/b>/,
    )
    expect(body).toContain('2 of 9')
    for (const file of ['summary.json', 'junit.xml', 'summary.md']) expect(body).toContain(`/campaigns/night/${file}"`)
    expect((await get('/')).body).toContain('href="/campaigns/"')
  })

  test('have a page each, which leads to the runs that are there, what was bad first', async () => {
    expect((await get('/campaigns/night')).headers.location).toBe('/campaigns/night/')
    const { body } = await get('/campaigns/night/')
    expect(body).toContain('<a href="/runs/one/">register stale 1</a>')
    expect(body.indexOf('register stale 1')).toBeLessThan(body.indexOf('>two<'))
    expect(body).toContain('7 were planned and not run')
    expect((await get('/campaigns/linked/')).body).not.toContain('href="/runs/')
    expect((await get('/campaigns/hidden/')).body).toContain('no summary that can be read')
  })

  test('give their files as they are, and as nothing that runs', async () => {
    const junit = await get('/campaigns/night/junit.xml')
    expect(junit.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    })
    expect(junit.body).toBe(readFileSync(join(campaigns, 'night', 'junit.xml'), 'utf8'))
    expect((await get('/campaigns/night/summary.json')).headers['content-type']).toMatch(/^application\/json/)
  })
})

test('two runs are compared, and anything but two is refused with words', async () => {
  const { status, body } = await get('/compare?run=one&run=two')
  expect(status).toBe(200)
  expect(body).toContain('<th scope="row" class="mono">seed</th>')
  expect(body).toContain('answered ops')
  expect((await get('/compare?run=one')).status).toBe(400)
  expect((await get('/compare?run=one&run=..')).status).toBe(404)
  expect((await get('/compare?run=one&run=aside')).status).toBe(404)
  const damaged = await get(`/compare?run=one&run=${encodeURIComponent('<img src=x onerror=alert(1)>')}`)
  expect(damaged.status).toBe(200)
  expect(damaged.body).toContain('is damaged')
})

describe('an archive', () => {
  const download = async (run: string): Promise<Buffer> => {
    const answer = await fetch(`${site.serving.url}runs/${run}/archive.tar.gz`)
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${run}.tar.gz"`)
    return Buffer.from(await answer.arrayBuffer())
  }

  test('holds the whole run, is the same each time, and any tar opens it', async () => {
    const archive = await download('one')
    expect((await download('one')).equals(archive)).toBe(true)
    const to = mkdtempSync(join(tmpdir(), 'faultline-untar-'))
    execFileSync('tar', ['-xzf', '-', '-C', to], { input: archive })
    for (const file of ['plan.json', 'logs/n1.log', 'nodes/n1/wal']) {
      expect(readFileSync(join(to, 'one', file))).toEqual(readFileSync(join(root, 'one', file)))
    }
    rmSync(to, { recursive: true })
  })

  test('has names of any kind and length', async () => {
    const name = 'odd'
    const { dir } = makeRun(root, { name, outcome: 'valid' })
    const long = join(dir, 'nodes', 'd'.repeat(120), 'é ü')
    mkdirSync(long, { recursive: true })
    writeFileSync(join(long, '-rf "x"'), 'content')
    const listed = execFileSync('tar', ['-tzf', '-', '--quoting-style=literal'], { input: await download(name) })
    expect(String(listed)).toContain(`odd/nodes/${'d'.repeat(120)}/é ü/-rf "x"`)
    rmSync(dir, { recursive: true })
  })

  test('leaves out links and whatever is no file', async () => {
    for (const run of ['linked', 'away']) {
      const archive = await download(run)
      const listed = String(execFileSync('tar', ['-tzf', '-'], { input: archive }))
      expect(listed).toContain(`${run}/plan.json`)
      expect(listed).not.toMatch(/report|n1\.log/)
      expect(String(execFileSync('tar', ['-xzOf', '-'], { input: archive }))).not.toContain(secret)
    }
  })
})

describe('what lies outside is never shown:', () => {
  test.each([
    '/runs/one/../../../../../etc/passwd',
    '/runs/../../../etc/passwd',
    '/../../../../etc/passwd',
    '/runs/one/%2e%2e/%2e%2e/etc/passwd',
    '/runs/one/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/runs/one/..%2f..%2f..%2fetc%2fpasswd',
    '/runs/one/..%5c..%5cetc%5cpasswd',
    '/runs/one/%252e%252e/plan.json',
    '/runs/%2e%2e/plan.json',
    '/runs/..%00/plan.json',
    '/runs/one/plan.json%00.html',
    '/runs/one/logs/../../two/plan.json',
    '/runs/one/logs/%2e%2e',
    '/runs/one/logs/..%2fplan.json',
    '/runs/one/nodes/n1/wal',
    '/runs/one//etc/passwd',
    '/runs//etc/passwd',
    '/runs/one/.index-1.sqlite',
    '/runs/.index-1.sqlite/',
    '/runs/aside/plan.json',
    '/runs/aside/archive.tar.gz',
    '/runs/aside/',
    '/runs/linked/report.html',
    '/runs/linked/report.txt',
    '/runs/linked/logs/n1.log',
    '/runs/linked/nodes/plan.json',
    '/runs/away/logs/n1.log',
    '/runs/away/report.txt',
    '/campaigns/../../../etc/passwd',
    '/campaigns/%2e%2e/summary.json',
    '/campaigns/..%2f..%2fetc%2fpasswd',
    '/campaigns/night/../night/../../etc/passwd',
    '/campaigns/night/%2e%2e%2fhidden%2fsecret.txt',
    '/campaigns/night/..%5csecret.txt',
    '/campaigns/night/plan.json',
    '/campaigns/night/summary.json%00.html',
    '/campaigns/night/summary.json/x',
    '/campaigns/night//etc/passwd',
    '/campaigns//etc/passwd',
    '/campaigns/hidden/secret.txt',
    '/campaigns/aside/',
    '/campaigns/aside/plan.json',
    '/campaigns/linked/junit.xml',
    '/campaigns/piped/summary.json',
    '/campaigns/constructor/',
    '/campaigns/night/constructor',
    '/runs/night/summary.json',
    '/assets/..%2fserver.ts',
    '/assets/__proto__',
    '/assets/constructor',
    'http://127.0.0.1/../etc/passwd',
    '*',
  ])('%s', async (path) => {
    const { status, body } = await get(path)
    expect([400, 404]).toContain(status)
    expect(body).not.toMatch(/root:|the-secret-outside|data of a node/)
  })

  test('bytes that are no address at all', async () => {
    for (const path of ['/runs/\x00', '/\xff\xfe', '/%', `/${'a'.repeat(20_000)}`]) {
      const { status } = await get(path)
      expect([400, 404, 431]).toContain(status)
    }
  })
})

describe('what comes from a run is text and nothing else:', () => {
  test.each([
    '/',
    '/?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E',
    '/?workload=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E',
    '/?outcome=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&since=%22%3E%3Cscript%3E',
    '/runs/two/',
    '/runs/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E/',
    '/compare?run=one&run=two',
    '/campaigns/',
    `/campaigns/${encodeURIComponent(image)}/`,
    '/campaigns/%3Cscript%3Ealert(2)%3C%2Fscript%3E/',
    '/%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  ])('%s', async (path) => {
    const { body, headers } = await get(path)
    const foreign = body.replace('<script type="module" src="/assets/script.js"></script>', '')
    expect(foreign).not.toMatch(/<script|<img|onerror=[^&]*>[^&]*<img/i)
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self';/)
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  test('a report has an origin of its own, and a log is no page', async () => {
    expect((await get('/runs/one/report.html')).headers['content-security-policy']).toMatch(/^sandbox allow-scripts; /)
    const log = await get('/runs/one/logs/n1.log')
    expect(log.headers).toMatchObject({
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'content-type': 'text/plain; charset=utf-8',
    })
  })
})

test('a name of somebody else that points here is not answered', async () => {
  const { status, body } = await rawGet(port, '/', 'evil.example')
  expect(status).toBe(421)
  expect(body).not.toContain('runs/one')
  expect((await rawGet(port, '/', `localhost:${port}`)).status).toBe(200)
  expect((await raw(port, 'GET / HTTP/1.0\r\n\r\n')).status).toBe(421)
})

test('nothing can be changed', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const request = `${method} /runs/one/plan.json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
    const { status, headers } = await raw(port, request)
    expect(status).toBe(405)
    expect(headers['access-control-allow-origin']).toBeUndefined()
  }
})

test('a run that goes on is shown as it grows, and once it is over the stream ends', async () => {
  const stored = makeRun(root, { name: 'going' })
  expect((await get('/')).body).toContain('running')
  expect((await get('/runs/going/')).body).toMatch(/data-live="\/runs\/going\/live"/)
  const answer = await fetch(`${site.serving.url}runs/going/live`)
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (!text.includes('"ok":1') && text.endsWith('\n\n')) {
      const op = { index: 0, timeUs: 1, process: 0, f: 'read', key: script }
      appendFileSync(join(stored.dir, 'history.jsonl'), `${JSON.stringify({ ...op, type: 'ok' })}\n`)
    } else if (!text.includes('event: over')) writeFileSync(join(stored.dir, 'outcome.json'), '{}')
  }
  expect(text).toMatch(/"ok":0.*\n\n.*"ok":1/)
  expect(text).toMatch(/event: over\ndata: \{\}\n\n$/)
  rmSync(stored.dir, { recursive: true })
})

test('a run that vanishes between two requests is not found, and the others stay', async () => {
  const { dir } = makeRun(root, { name: 'brief', outcome: 'valid' })
  expect((await get('/runs/brief/')).status).toBe(200)
  rmSync(dir, { recursive: true })
  expect((await get('/runs/brief/')).status).toBe(404)
  expect((await get('/runs/one/')).status).toBe(200)
})

test('a port that is taken is told, and nothing is left behind', async () => {
  const other = createServer()
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
  const taken = (other.address() as AddressInfo).port
  const options = { root, campaigns: root, host: '127.0.0.1', port: taken, nowMs: Date.now, onProblem: () => undefined }
  const error = await new Promise<Error | undefined>((done) => serve(options, done))
  expect(error).toMatchObject({ code: 'EADDRINUSE' })
  await new Promise((done) => other.close(done))
})
