import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { formats } from 'porcupine-ts/formats'
import { models, objects } from 'porcupine-ts/models'
import { afterAll, describe, expect, test } from 'vitest'
import { bugs } from '../cluster/bugs/index.ts'
import { systems } from '../cluster/systems/index.ts'
import { faults } from '../nemesis/index.ts'
import { exampleEnvironment, examplePlan, illegalRun, validRun } from '../results/examples.ts'
import type { LoadedRun } from '../results/run.ts'
import { createRun } from '../results/store.ts'
import { olderNode } from '../scripts/older-node.ts'
import { workloads } from '../workloads/index.ts'
import { defaults } from './draw-plan.ts'
import { launch } from './fixtures/launch.ts'

/** The command line as a person types it; no command here starts a node. */
const cwd = mkdtempSync(join(tmpdir(), 'faultline-cli-'))
afterAll(() => rmSync(cwd, { recursive: true }))

const fixtures = join(import.meta.dirname, '..', 'checker', 'fixtures')

async function typed(args: readonly string[], node = process.execPath) {
  const { exitCode, stdout, stderr } = await launch(args, { cwd, node })
  return { code: exitCode, out: stdout, err: stderr }
}

describe.concurrent('--help', () => {
  test('names the commands and the exit codes', async () => {
    const { code, out } = await typed(['--help'])
    expect(code).toBe(0)
    for (const command of ['run', 'simulate', 'replay', 'campaign', 'check', 'report', 'list', 'node']) {
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
    }
    expect(out).toContain('0 valid · 1 illegal, stuck, invariant, node-crash · 2 unknown, vacuous · 3 harness')
  })

  test.each(['run', 'simulate', 'replay', 'campaign', 'check', 'report', 'node'])(
    'of %s gives every option with its default',
    async (command) => {
      const { code, out } = await typed([command, '--help'])
      expect(code).toBe(0)
      const options = optionsIn(out)
      expect(options.length).toBeGreaterThan(1)
      const undecided = options.filter((option) => !option.includes('default:') && !option.startsWith('-h, --help'))
      expect(undecided).toEqual([])
    },
  )

  test('of run has the defaults that a run really has', async () => {
    const { out } = await typed(['run', '--help'])
    const text = optionsIn(out).join('\n')
    expect(text).toMatch(new RegExp(`--workload .*default: ${defaults.workload}\\b`))
    expect(text).toMatch(new RegExp(`--faults .*default: ${defaults.faults.join(',')}\\b`))
    expect(text).toMatch(new RegExp(`--clients .*default: ${defaults.clients}\\)`))
    expect(text).toMatch(new RegExp(`--time .*default: ${defaults.durationMs / 1000}\\b`))
    expect(text).toMatch(new RegExp(`--op-timeout .*default: ${defaults.opTimeoutMs}\\)`))
    expect(text).toMatch(new RegExp(`--recovery .*default: ${defaults.recoveryMs}\\)`))
  })
})

test('who stops reading does not change what a command ends with', async () => {
  const launcher = join(import.meta.dirname, 'launch.js')
  for (const [command, code] of [
    ['list', 0],
    ['--help', 0],
    [`check ${join(fixtures, 'illegal-stale-read.jsonl')}`, 1],
    [`check ${join(fixtures, 'valid-detour-before-cas.jsonl')}`, 0],
  ] as const) {
    const script = `"$0" "$1" ${command} | true; exit \${PIPESTATUS[0]}`
    const { exitCode, stderr } = await execa('bash', ['-c', script, process.execPath, launcher], {
      reject: false,
      env: { NO_COLOR: '1' },
    })
    expect({ command, exitCode, stderr }).toEqual({ command, exitCode: code, stderr: '' })
  }
})

test.skipIf(!existsSync('/dev/full'))('output that can not be written never ends like a valid history', async () => {
  const launcher = join(import.meta.dirname, 'launch.js')
  for (const [command, code] of [
    ['list', 3],
    [`check ${join(fixtures, 'illegal-stale-read.jsonl')}`, 1],
    [`check ${join(fixtures, 'valid-detour-before-cas.jsonl')}`, 3],
  ] as const) {
    const script = `"$0" "$1" ${command} > /dev/full`
    const { exitCode, stderr } = await execa('bash', ['-c', script, process.execPath, launcher], {
      reject: false,
      env: { NO_COLOR: '1' },
    })
    expect({ command, exitCode }).toEqual({ command, exitCode: code })
    expect(stderr).toContain('harness: the output could not be written: ')
  }
})

test('list shows every name of every registry, and every option', async () => {
  const { code, out } = await typed(['list'])
  expect(code).toBe(0)
  for (const registry of [systems, workloads, faults, bugs, models, objects, formats]) {
    for (const name of Object.keys(registry)) expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  }
  for (const { options } of [...Object.values(systems), ...Object.values(workloads)]) {
    for (const [name, spec] of Object.entries(options)) expect(out).toContain(` ${name}=${spec.default} `)
  }
})

describe.concurrent('what can not be done exits with 254 and says what was given, what was expected and what to type', () => {
  test.each([
    ['rnu', "unknown command 'rnu'", 'faultline run'],
    ['help chek', "unknown command 'chek'", 'faultline check'],
    ['run --nodse 3', "unknown option '--nodse'", '--nodes'],
    ['run --workload regster', "workload 'regster'", '--workload register'],
    ['run --bug vote-no-log', "bug 'vote-no-log'", '--bug vote-no-log-check'],
    ['run --faults kil', "fault 'kil'", '--faults'],
    ['run --nodes 99', '--nodes 99', '--nodes 5'],
    ['run --clients 0', "'--clients <n>' argument '0'", 'faultline run --help'],
    ['run --set tick=5', 'unknown option tick', '--set tickMs='],
    ['run --plan absent.json', '--plan absent.json: ENOENT', '--plan results/runs/latest/plan.json'],
    ['run --plan absent.json --time 5 --with keys=2', '--plan together with durationMs, keys', '--plan absent.json'],
    ['simulate --runs 0', "'--runs <n>' argument '0'", 'faultline simulate --help'],
    ['simulate --first-seed 9007199254740993', "'--first-seed <n>' argument '9007199254740993'", 'simulate --help'],
    ['simulate --seed 1 --from 5 --until 2', '--from 5 --until 2', 'faultline simulate --seed 1 --from 2 --until 5'],
    ['simulate --runs 2 --root /etc/passwd', 'a root that can not be made', '--root results/runs'],
    ['simulate --time 1e300 --seed 1 --faults none', "'--time <s>' argument '1e300'", 'faultline simulate --help'],
    ['run --time 604801', "'--time <s>' argument '604801'", 'faultline run --help'],
    ['run --op-timeout 1e10', "'--op-timeout <ms>' argument '1e10'", 'faultline run --help'],
    ['run --recovery 1e10', "'--recovery <ms>' argument '1e10'", 'faultline run --help'],
    ['simulate --jobs 1e9', "'--jobs <n>' argument '1e9'", 'faultline simulate --help'],
    ['simulate --jobs 1000000000', "'--jobs <n>' argument '1000000000'", 'faultline simulate --help'],
    ['simulate --for 9999999999h', "'--for <duration>' argument '9999999999h'", 'faultline simulate --help'],
    ['simulate --root campaigns --runs 1', '--root campaigns, which is where', '--root results/runs'],
    ['campaign --seeds 9007199254740991', "'--seeds <n>' argument '9007199254740991'", 'faultline campaign --help'],
    ['campaign --first-seed 9007199254740991', "'--first-seed <n>' argument", 'faultline campaign --help'],
    ['campaign --root /etc/passwd', 'a root that can not be made', '--root results/runs'],
    ['runs --since 99999999999d', "'--since <when>' argument '99999999999d'", 'faultline runs --help'],
    ['simulate --jobs 0', "'--jobs <n>' argument '0'", 'faultline simulate --help'],
    ['simulate --for soon', "'--for <duration>' argument 'soon'", 'faultline simulate --help'],
    ['simulate --bug leader-local', "bug 'leader-local'", '--bug leader-local-read'],
    ['simulate --faults kil', "fault 'kil'", '--faults'],
    ['simulate --nodes 99', '--nodes 99', '--nodes 5'],
    ['simulate --seed 1 --runs 5', "'--seed <text>' cannot be used with option '--runs <n>'", 'simulate --help'],
    ['simulate --plan p.json --seed 1', '--plan together with seed 1', '--plan p.json'],
    ['simulate --plan p.json --plain', "'--plan <file>' cannot be used with option '--plain'", 'simulate --help'],
    ['simulate --plan p.json --nodes 3', '--plan together with nodes', '--plan p.json'],
    ['simulate --plan absent.json', '--plan absent.json: ENOENT', '--plan results/runs/latest/plan.json'],
    ['simulate --trace', '--trace, --from or --until with many seeds', 'faultline simulate --seed 1 --trace'],
    ['simulate --fail-fast', '--fail-fast with many seeds', 'faultline simulate --seed 1 --fail-fast'],
    ['simulate --until 5', '--trace, --from or --until with many seeds', 'faultline simulate --seed 1 --trace'],
    ['simulate --seed 1 --from soon', "'--from <s>' argument 'soon'", 'faultline simulate --help'],
    ['replay', 'the run "latest"', 'faultline run'],
    ['replay --times 0', "'--times <n>' argument '0'", 'faultline replay --help'],
    ['replay --simulate --runs many', "'--runs <n>' argument 'many'", 'faultline replay --help'],
    ['campaign --workloads register,apend', "workload 'apend'", '--workload append'],
    ['campaign --workloads=', "'--workloads <names>' argument ''", 'faultline campaign --help'],
    ['campaign --workloads none', "'--workloads <names>' argument 'none'", 'faultline campaign --help'],
    ['campaign --faults kill,', "'--faults <sets>' argument 'kill,'", 'faultline campaign --help'],
    ['run --faults=', "'--faults <names>' argument ''", 'faultline run --help'],
    ['run --clients 10001', '--clients 10001', '--clients 10'],
    ['campaign --resume absent', '--resume absent, which has no campaign.json', '--resume results/campaigns/NAME'],
    ['node --bug none', "bug 'none'", '--bug '],
    ['node --client 8001', "'--client <host:port>' argument '8001'", 'faultline node --help'],
    ['check absent.jsonl', 'no such file: absent.jsonl', 'faultline check results/runs/latest'],
    ['check --model quue x.jsonl', "model 'quue'", '--model queue'],
    ['check --model ./none.ts x.jsonl', 'no such file: ./none.ts', '--model ./my-model.ts'],
    ['check --initial [1] x.jsonl', "'--initial <json>' argument '[1]'", 'faultline check --help'],
    ['check --time-limit 0 x.jsonl', "'--time-limit <s>' argument '0'", 'faultline check --help'],
    ['check --html p.html x.jsonl y.jsonl', '--html with 2 files', 'faultline check --html p.html x.jsonl'],
    ['report 2031', 'the run "2031"', 'faultline run'],
  ])('%s', async (line, given, type) => {
    const { code, out, err } = await typed(line.split(' '))
    expect(existsSync(join(cwd, 'campaigns'))).toBe(false)
    expect([code, out]).toEqual([254, ''])
    const [first = '', second = '', third = ''] = err.split('\n')
    expect(first).toMatch(/^given: {4}/)
    expect(first).toContain(given)
    expect(second).toMatch(/^expected: \S/)
    expect(third).toMatch(/^type: {5}/)
    expect(third).toContain(type.replace(/^faultline /, 'npm run faultline -- '))
  })
})

describe.concurrent('check', () => {
  const histories = (verdict: string) => readdirSync(fixtures).filter((name) => name.startsWith(verdict))

  test('of valid histories says so of each and exits with 0', async () => {
    const names = histories('valid')
    const { code, out } = await typed(['check', ...names.map((name) => join(fixtures, name))])
    expect(code).toBe(0)
    for (const name of names) expect(out).toContain(`${name}: valid as `)
  })

  test('of illegal histories explains each in a sentence and exits with 1', async () => {
    const names = histories('illegal')
    const { code, out } = await typed(['check', ...names.map((name) => join(fixtures, name))])
    expect(code).toBe(1)
    const lines = out.split('\n')
    for (const name of names) {
      const at = lines.findIndex((line) => line.includes(`${name}: illegal as `))
      expect(lines[at + 1]).toMatch(/^ {2}\S.* k\d/)
    }
  })

  test('in brief says the verdict alone, also with threads', async () => {
    const file = join(fixtures, 'illegal-stale-read.jsonl')
    const { code, out } = await typed(['check', '--brief', '--workers', '2', file])
    expect([code, out]).toEqual([1, expect.stringMatching(/^.*illegal-stale-read\.jsonl: illegal as .*$/)])
  })

  test('of several histories exits with the worst', async () => {
    const { code, out } = await typed([
      'check',
      ...['valid-appends', 'illegal-lost-write', 'valid-refused-cas'].map((name) => join(fixtures, `${name}.jsonl`)),
    ])
    expect(code).toBe(1)
    expect(out.match(/: (valid|illegal) as/g)).toHaveLength(3)
  })

  test('says unknown and exits with 2 where the budget is too small', async () => {
    const { code, out } = await typed(['check', '--budget', '0', join(fixtures, 'valid-concurrent-writes.jsonl')])
    expect([code, out]).toEqual([2, expect.stringContaining(': unknown as ')])
  })

  test('of a foreign history guesses its format, takes its peculiarities by options and says what it saw', async () => {
    const file = join(cwd, 'zero.edn')
    writeFileSync(
      file,
      '[0 :invoke :read [1 nil]]\n[0 :ok :read [1 0]]\n[0 :invoke :cas [1 [2 3]]]\n[0 :fail :cas [1 [2 3]]]\n',
    )
    const illegal = await typed(['check', file])
    expect(illegal.code).toBe(1)
    expect(illegal.out).toMatch(
      /zero\.edn: illegal as cas-register \(jepsen; 2 operations, 1 partition, .*\n {2}c0 read 1=0 .* a phantom read\.\n {2}confirmed on a core of 1 operation by the unpruned search\n {2}The key is not even sequentially consistent\.$/,
    )
    expect(await typed(['check', '--initial', '0', file])).toMatchObject({ code: 0 })
    expect(await typed(['check', '--no-failed-cas-observes', '--initial', '2', '--key', '1', file])).toMatchObject({
      code: 1,
      out: expect.stringContaining('(jepsen; 1 operation'),
    })
    expect(await typed(['check', '--no-independent', '--model', 'cas-register', file])).toMatchObject({ code: 254 })
  })

  test.each([
    ['null', 'nil', 0],
    ['null', '""', 1],
    ['""', '""', 0],
    ['""', 'nil', 1],
    ['false', 'false', 0],
  ])('with --initial %s and a first read of %s exits with %i', async (initial, read, code) => {
    const file = join(cwd, `initial-${code}-${read.length}-${initial.length}.edn`)
    writeFileSync(file, `[0 :invoke :read nil]\n[0 :ok :read ${read}]\n`)
    expect((await typed(['check', '--initial', initial, file])).code).toBe(code)
  })

  test('prints JSON with a version, also of what can not be checked, and writes a page', async () => {
    const torn = join(cwd, 'torn.edn')
    writeFileSync(torn, '[0 :invoke :read nil]\n[0 :ok')
    const { code, out, err } = await typed(['check', '--json', torn, join(fixtures, 'illegal-stale-read.jsonl')])
    expect([code, err]).toEqual([1, ''])
    expect(JSON.parse(out)).toMatchObject({
      schema: 'porcupine-ts/check',
      version: 1,
      exitCode: 1,
      files: [
        { file: torn, verdict: null, error: { line: 2, column: 1 } },
        { verdict: 'illegal', model: 'register', cause: { kind: 'stale read', confirmed: true } },
      ],
    })
    const [page, nowhere] = [join(cwd, 'page.html'), join(cwd, 'none', 'page.html')]
    const shown = await typed(['check', '--html', page, join(fixtures, 'illegal-stale-read.jsonl')])
    expect([shown.code, shown.out]).toEqual([1, expect.stringContaining(`page: ${page}`)])
    expect(readFileSync(page, 'utf8')).toContain('a stale read.')
    const lost = await typed(['check', '--html', nowhere, join(fixtures, 'valid-appends.jsonl')])
    expect([lost.code, lost.out]).toEqual([0, expect.stringContaining('the page could not be written: ENOENT')])
  })

  test('of a damaged file among others still tells of the others', async () => {
    const torn = join(cwd, 'damaged.edn')
    writeFileSync(torn, '[0 :ok')
    const [valid, illegal] = ['valid-appends', 'illegal-lost-write'].map((name) => join(fixtures, `${name}.jsonl`))
    const fine = await typed(['check', torn, `${valid}`])
    expect([fine.code, fine.out]).toEqual([254, expect.stringContaining(': valid as ')])
    expect(fine.err).toMatch(/damaged\.edn: not checked: line 1, column 1.*\ngiven: .*damaged\.edn/)
    const bad = await typed(['check', torn, `${illegal}`])
    expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('damaged.edn: not checked: ')])
  })

  test.each([
    ['no history at all', 'garbage.bin', '\u0000\u0001 not a history\n', 'looks like none of the formats'],
    ['an empty file', 'empty.jsonl', '', 'looks like none of the formats'],
    ['a line that was tampered with', 'bent.jsonl', bent(), 'bent.jsonl: '],
  ])('refuses %s', async (_title, name, text, given) => {
    writeFileSync(join(cwd, name), text)
    const { code, err } = await typed(['check', name])
    expect(code).toBe(254)
    expect(err).toContain(given)
  })

  function bent(): string {
    return readFileSync(join(fixtures, 'valid-appends.jsonl'), 'utf8').replace('"timeUs":2000', '"timeUs":9000')
  }
})

describe('report', () => {
  const root = join(cwd, 'stored')

  test('writes a stored run again, and exits by its outcome', async () => {
    const dir = stored('illegal', illegalRun())
    const { code, out } = await typed(['report', 'illegal', '--root', root])
    expect(code).toBe(1)
    expect(out).toContain('illegal')
    expect(readFileSync(join(dir, 'report.txt'), 'utf8').trim()).toBe(out.trim())
    expect(readFileSync(join(dir, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i)
  })

  test('of the newest run needs no name', async () => {
    stored('newest', validRun())
    expect((await typed(['report', '--root', root])).code).toBe(0)
  })

  test('of a run that was cut short says so and exits with 2', async () => {
    const dir = stored('cut-short', validRun())
    rmSync(join(dir, 'outcome.json'))
    const { code, out } = await typed(['report', dir])
    expect([code, out]).toEqual([2, expect.stringContaining('no outcome')])
    expect(existsSync(join(dir, 'report.html'))).toBe(true)
  })

  test('of a damaged run is refused by the name of the file', async () => {
    const dir = stored('damaged', validRun())
    writeFileSync(join(dir, 'plan.json'), '{"plan":1,')
    const { code, err } = await typed(['report', dir])
    expect([code, err]).toEqual([254, expect.stringMatching(/^given: .*plan\.json is damaged/)])
  })

  function stored(name: string, run: LoadedRun): string {
    const written = createRun(root, name, { plan: examplePlan, environment: exampleEnvironment })
    const history = written.historyWriter({ workload: 'register', model: 'cas-register' })
    for (const event of run.history) history.add(event)
    history.close()
    written.writeEvidence(run.evidence)
    if (run.outcome) written.writeOutcome(run.outcome)
    return written.dir
  }
})

describe('on a Node.js that can not run TypeScript', () => {
  const noOlder = 'the PATH has no Node.js older than 24'

  test('the launcher takes the one that came along', async ({ skip }) => {
    const node = olderNode() ?? skip(noOlder)
    const { code, out } = await typed(['check', join(fixtures, 'illegal-stale-read.jsonl')], node)
    expect([code, out]).toEqual([1, expect.stringContaining('illegal as ')])
    expect(await typed(['run', '--nodes', '99'], node)).toMatchObject({ code: 254 })
  })

  test('the launcher says what is missing where none came along', async ({ skip }) => {
    const node = olderNode() ?? skip(noOlder)
    const bare = join(cwd, 'bare')
    const launcher = join(bare, 'controller', 'launch.js')
    cpSync(join(import.meta.dirname, 'launch.js'), launcher)
    writeFileSync(join(bare, 'package.json'), '{"type":"module"}')
    const { exitCode, stderr } = await launch(['list'], { cwd, node, launcher })
    expect(exitCode).toBe(254)
    expect(stderr).toMatch(/^faultline needs Node\.js 24 or later; this is v\d+.*npm ci/)
    expect(stderr.split('\n')).toHaveLength(1)
  })
})

/** Each option of a help text on one line. */
function optionsIn(help: string): string[] {
  const [, text = ''] = help.split('Options:\n')
  return text
    .replace(/\n {8,}/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('-'))
}
