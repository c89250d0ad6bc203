import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readHistory } from '../formats/guess.ts'
import { main } from './main.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'porcupine-cli-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const valid = '[0 :invoke :write 1]\n[0 :ok :write 1]\n[0 :invoke :read nil]\n[0 :ok :read 1]\n'
const illegal = '[0 :invoke :read nil]\n[0 :ok :read 3]\n'
const fixtures = join(import.meta.dirname, '../fixtures')

function file(name: string, text: string): string {
  const path = join(dir, name)
  writeFileSync(path, text)
  return path
}

async function run(...args: readonly string[]) {
  let out = ''
  let err = ''
  const code = await main(args, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    hasColour: false,
  })
  return { code, out, err }
}

test('a verdict comes with its facts, its cause and an exit code', async () => {
  const ok = await run(file('valid.edn', valid))
  expect(ok.code).toBe(0)
  expect(ok.out).toMatch(
    /^.*valid\.edn: valid as cas-register \(jepsen; 2 operations, 1 partition, \d+ configurations, \d+ ms\)\n$/,
  )
  const bad = await run(file('illegal.edn', illegal))
  expect(bad.code).toBe(1)
  expect(bad.out.split('\n').slice(1)).toEqual([
    '  c0 read the register=3 at event 1, but nobody ever wrote that value: a phantom read.',
    '  confirmed on a core of 1 operation by the unpruned search',
    '  The key is not even sequentially consistent.',
    '',
  ])
})

test('who asks for brief answers is told verdicts alone, with the same exit code', async () => {
  const { code, out } = await run('--brief', file('illegal.edn', illegal))
  expect(code).toBe(1)
  expect(out).toMatch(/^.*illegal\.edn: illegal as cas-register \(.*\)\n$/)
})

test('with several threads the answer is the same', async () => {
  for (const text of [valid, illegal]) {
    const path = file('spread.edn', text)
    const [one, two] = [await run('--json', path), await run('--json', '--workers', '2', path)]
    const told = ({ code, out }: typeof one) => {
      const { verdict, operations, cause, advice, notes } = JSON.parse(out).files[0]
      return { code, verdict, operations, cause, advice, notes }
    }
    expect(told(two)).toEqual(told(one))
  }
  expect((await run('--workers', 'many', file('valid.edn', valid))).err).toMatch(/^porcupine-ts: --workers many: /)
})

test('what a budget can not decide is unknown, and says why', async () => {
  const model = file(
    'word.mjs',
    'export const model = { init: () => "", step: (s, { f, value }, out) => f === "add" ? [s + value] : out.value === s ? [s] : [] }\n',
  )
  const letters = Array.from('abcdefgh')
  const adds = letters.map((letter, i) => `[${i} :invoke :add "${letter}"]\n`)
  const ends = letters.map((letter, i) => `[${i} :ok :add "${letter}"]\n`)
  const word = file('word.edn', [...adds, ...ends, '[9 :invoke :read nil]\n[9 :ok :read "hgbfcdea"]\n'].join(''))
  const { code, out } = await run('--budget', '3', '--model', model, word)
  expect(out).toMatch(/word\.edn: unknown as a model of your own .*\n {2}the budget of configurations ran out\n$/)
  expect(code).toBe(2)
  expect((await run('--model', model, word)).code).toBe(0)
})

describe('the exit code of several files', () => {
  test.each([
    [['valid', 'valid'], 0],
    [['valid', 'damaged'], 254],
    [['damaged', 'illegal'], 1],
  ])('%j gives %i', async (kinds, expected) => {
    const texts: Record<string, string> = { valid, illegal, damaged: `${valid}[0 :ok` }
    const { code } = await run(...kinds.map((kind, i) => file(`${i}-${kind}`, texts[kind] ?? '')))
    expect(code).toBe(expected)
  })
})

test('damage is told with line and column, and never with a verdict', async () => {
  const { code, out, err } = await run(file('torn.edn', `${valid}[0 :ok`))
  expect([code, out]).toEqual([254, ''])
  expect(err).toMatch(/torn\.edn: not checked: line 5, column 1: \[ is never closed\n$/)
})

test('events that do not fit together, or fit no model, are told with the event', async () => {
  const twice = await run(file('twice.edn', '[0 :invoke :read nil]\n[0 :invoke :read nil]'))
  expect(twice.err).toContain('not checked: event 1: process 0 begins while its event 0 is open')
  const other = await run('--model', 'register', file('cas.edn', '[0 :invoke :cas [1 2]]\n[0 :ok :cas [1 2]]'))
  expect(other.err).toContain('not checked: event 0: register knows read, write, but not cas')
  expect([twice.code, other.code]).toEqual([254, 254])
})

test('JSON has a version, all files, and where the damage is', async () => {
  const { code, out } = await run('--json', file('a.edn', illegal), file('b.edn', '[0 :ok'))
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({
    schema: 'porcupine-ts/check',
    version: 1,
    exitCode: 1,
    files: [
      {
        verdict: 'illegal',
        format: 'jepsen',
        model: 'cas-register',
        operations: 1,
        partitions: [{ verdict: 'illegal', operations: 1 }],
        cause: {
          kind: 'phantom',
          confirmed: true,
          core: [{ id: 0, process: 0, text: 'read -> 3' }],
          weaker: {
            sequential: 'no',
            guarantees: { monotonicWrites: 'unknown', readYourWrites: 'unknown' },
            text: expect.stringContaining('not even sequentially consistent'),
          },
        },
        checkMs: expect.any(Number),
      },
      { verdict: null, error: { line: 1, column: 1, message: 'line 1, column 1: [ is never closed' } },
    ],
  })
})

test('a page is written, and one that can not be written changes no verdict', async () => {
  const page = join(dir, 'page.html')
  const bad = file('bad.edn', illegal)
  expect((await run('--html', page, bad)).code).toBe(1)
  expect(readFileSync(page, 'utf8')).toContain('nobody ever wrote that value: a phantom read.')
  const lost = await run('--html', join(dir, 'none/page.html'), bad)
  expect(lost.code).toBe(1)
  expect(lost.out).toContain('the page could not be written: ENOENT')
})

describe('what a history is held to', () => {
  test('initial value, wildcards, failed compare-and-sets', async () => {
    const zero = file('zero.edn', '[0 :invoke :read nil]\n[0 :ok :read 0]\n')
    expect((await run(zero)).code).toBe(1)
    expect((await run('--initial', '0', zero)).code).toBe(0)
    const nil = file('nil.edn', `${valid}[0 :invoke :read nil]\n[0 :ok :read nil]\n`)
    expect((await run(nil)).code).toBe(1)
    expect((await run('--nil-reads-match-anything', nil)).code).toBe(0)
    const cas = file('refused.edn', `${valid}[0 :invoke :cas [1 2]]\n[0 :fail :cas [1 2]]\n`)
    expect((await run(cas)).code).toBe(1)
    expect((await run('--no-failed-cas-observes', cas)).code).toBe(0)
  })

  test('keys: all, one, or none', async () => {
    const keyed = file(
      'keyed.edn',
      '[0 :invoke :read [1 nil]]\n[0 :ok :read [1 3]]\n[0 :invoke :write [2 7]]\n[0 :info nil nil]\n'.replace(
        '[0 :info nil nil]',
        '[0 :info :write nil]',
      ),
    )
    expect((await run(keyed)).code).toBe(1)
    expect((await run('--key', '2', keyed)).out).toContain('valid as cas-register (jepsen; 1 operation')
    expect((await run('--no-independent', keyed)).code).toBe(254)
  })

  test('a key that no operation has is no valid history, but an error that names those that there are', async () => {
    const write = (key: number) => `[0 :invoke :write [${key} 7]]\n[0 :ok :write [${key} 7]]\n`
    const keyed = file('typo.edn', Array.from({ length: 10 }, (_, key) => write(key)).join(''))
    const { code, out, err } = await run('--key', '10', keyed)
    expect([code, out]).toEqual([254, ''])
    expect(err).toContain(
      'typo.edn: not checked: it has no operation of the key 10; expected one of its keys: 0, 1, 2, 3, 4, 5, 6, 7 and 2 more',
    )
    expect((await run('--key', 'k', file('plain.edn', valid))).err).toContain(
      'expected no --key, as no operation has one',
    )
  })

  test('an initial value goes with key-value models only', async () => {
    const queue = file(
      'queue.edn',
      '{:process 0 :type :invoke :f :dequeue}{:process 0 :type :ok :f :dequeue :output nil}',
    )
    const { code, err } = await run('--model', 'queue', '--initial', '1', queue)
    expect(code).toBe(254)
    expect(err).toContain(
      'queue takes no initial value; expected --initial only with register, cas-register, append-kv',
    )
    const own = file('own.mjs', 'export const model = { init: () => 0, step: (s) => [s] }')
    expect((await run('--model', own, '--initial', '1', queue)).err).toContain('a model of your own takes no initial')
  })

  test('a model of one’s own that fails is told with its function, the operation and the cause', async () => {
    const history = file('fails.edn', '{:process 0 :type :invoke :f :add}{:process 0 :type :ok :f :add}')
    const model = (name: string, text: string) => file(name, `export const model = { init: () => 0, ${text} }`)
    const failing = [
      [
        'step: () => { throw new RangeError("boom") }',
        `the model's step on operation 0 (input {"f":"add","value":null}, output {}) threw RangeError: boom`,
      ],
      ['step: () => true', 'gave true, where a list of the states that may follow was expected'],
      [
        'step: (s) => [s + 1], readOnly: () => true',
        'the check by this model failed: the model calls {"f":"add","value":null} read-only, but it changes 0',
      ],
      [
        'step: (s) => [s], codec: { input: (op) => op.none.x, output: () => 0 }',
        `the model's codec.input of {"f":"add","value":null} threw TypeError: `,
      ],
      ['step: () => [], weaken: () => { throw "tired" }', `the model's weaken on operation 0`],
      ['step: () => [], describeOperation: () => { throw "tired" }', `the model's describeOperation on operation 0`],
    ] as const
    for (const [i, [text, message]] of failing.entries()) {
      const { code, out, err } = await run('--model', model(`fails-${i}.mjs`, text), history)
      expect({ i, code, out, err }).toEqual({ i, code: 254, out: '', err: expect.stringContaining(message) })
    }
  })

  test("a model of one's own, in JavaScript, as it was recorded or through its codec", async () => {
    const model = file(
      'model.mjs',
      'export const model = { init: () => 0, step: (s, { f }, out) => f === "add" ? [s + 1] : out.value === s ? [s] : [] }\n',
    )
    const counts =
      '{:process 0 :type :invoke :f :add}{:process 0 :type :ok :f :add}{:process 0 :type :invoke :f :read}{:process 0 :type :ok :f :read :value 1}'
    expect((await run('--model', model, file('one.edn', counts))).out).toContain('valid as a model of your own')
    const bad = await run('--model', model, file('two.edn', counts.replace(':value 1', ':value 2')))
    expect(bad.code).toBe(1)
    expect(bad.out).toContain('These operations can not be put in any order that fits their times and answers')
  })
})

test('every fixture gets the verdict in its name, also through another format', async () => {
  const names = readdirSync(fixtures)
    .filter((name) => /^(?:valid|illegal)-.*\.jsonl$/.test(name))
    .slice(0, 8)
  for (const name of names) {
    const path = join(fixtures, name)
    const expected = name.startsWith('valid') ? 0 : 1
    expect((await run(path)).code).toBe(expected)
    const { out } = await run('--convert', 'jepsen', path)
    expect((await run(file(name, out))).code).toBe(expected)
    expect(readHistory(out).events).toEqual(readHistory(readFileSync(path, 'utf8')).events)
  }
})

test('a torn last line of our own format is a note, and its operation stays open', async () => {
  const text = readFileSync(join(fixtures, 'illegal-stale-read.jsonl'), 'utf8')
  const { code, out } = await run(file('torn.jsonl', text.slice(0, -9)))
  expect(out).toContain('note: line 7 was torn off and is left out')
  expect(code).toBe(0)
})

const misuses: readonly [args: readonly string[], message: string][] = [
  [[], 'no file was given'],
  [['--what', 'x'], "Unknown option '--what'"],
  [['--format', 'xml', 'x'], '--format xml: there is no such format; there are faultline,'],
  [['--budget', '-1', 'x'], "Option '--budget' argument is ambiguous"],
  [['--budget=-1', 'x'], '--budget -1: a whole number from 0 on'],
  [['--budget=', 'x'], '--budget : a whole number from 0 on'],
  [['--workers', '0', 'x'], '--workers 0: a whole number from 1 on'],
  [['--time-limit', 'x', 'x'], '--time-limit x: a number of seconds'],
  [['--time-limit', '1e308', 'x'], '--time-limit 1e308: a number of seconds'],
  [['--time-limit', '1e-400', 'x'], '--time-limit 1e-400: a number of seconds'],
  [['--initial', '[1]', 'x'], '--initial [1]: null, a number'],
  [['--initial', '1 2', 'x'], '--initial 1 2: null, a number'],
  [['--initial', '1e999', 'x'], '--initial 1e999: 1e999 is too large to be kept exactly'],
  [['--initial', '1e-999', 'x'], '--initial 1e-999: 1e-999 is too'],
  [['--initial', '9007199254740993', 'x'], '--initial 9007199254740993: 9007199254740993 is too large'],
  [['--initial', 'a', 'x'], '--initial a: a JSON value should be here'],
  [['--convert', 'jepsen', '--key', 'k', 'x'], '--key is for checks; --convert makes none'],
  [['--html', 'p', 'x', 'y'], '--html takes one file at a time'],
  [['--model', './none.js', 'x'], '--model ./none.js: there is no such file'],
]

test.each(misuses)('%j is a misuse that says what was expected', async (args, message) => {
  const { code, err, out } = await run(...args)
  expect([code, out]).toEqual([254, ''])
  expect(err).toContain(message)
})

test('a page never takes the place of the history that it shows', async () => {
  const path = file('in.edn', valid)
  const link = join(dir, 'link.edn')
  symlinkSync(path, link)
  const other = join(dir, 'same.edn')
  linkSync(path, other)
  for (const page of [path, link, other, join(dir, '.', 'x', '..', 'in.edn')]) {
    mkdirSync(join(dir, 'x'), { recursive: true })
    const { code, err, out } = await run(path, '--html', page)
    expect([code, out]).toEqual([254, ''])
    expect(err).toContain('this is the history itself; the page needs another file')
  }
  expect(readFileSync(path, 'utf8')).toBe(valid)
  // A page of an earlier check may be replaced.
  const page = file('earlier.html', 'old')
  expect((await run(path, '--html', page)).code).toBe(0)
  expect(readFileSync(page, 'utf8')).toContain('<svg')
})

test('a file may be compressed; one that is empty, torn, a directory or no text is an error', async () => {
  const gz = gzipSync(valid)
  const packed = join(dir, 'packed.edn.gz')
  writeFileSync(packed, gz)
  expect((await run(packed)).code).toBe(0)
  writeFileSync(packed, gz.subarray(0, -9))
  const odd: readonly [path: string, message: RegExp][] = [
    [packed, /not checked: unexpected end of file/],
    [dir, /not checked: it is a directory; a file was expected/],
    [file('empty.edn', ''), /not checked: line 1, column 1: there is nothing in it/],
    [file('blank.edn', '\ufeff \n'), /not checked: line 1, column 1: there is nothing in it/],
  ]
  const latin = join(dir, 'latin.edn')
  writeFileSync(latin, Buffer.from('[0 :invoke :write "\xfc"]\n[0 :ok :write "\xf6"]', 'latin1'))
  for (const [path, message] of [...odd, [latin, /line 1, column 20: this is no UTF-8/]] as const) {
    const { code, out, err } = await run(path)
    expect([code, out, err]).toEqual([254, '', expect.stringMatching(message)])
    const converted = await run('--convert', 'jepsen', path)
    expect([converted.code, converted.out]).toEqual([254, ''])
  }
  expect((await run('--format', 'jepsen', file('nothing.edn', ' '))).code).toBe(254)
})

test('a history without operations says so', async () => {
  const { code, out } = await run(file('none.edn', '[{:process :nemesis, :type :info, :f :kill}]'))
  expect(code).toBe(0)
  expect(out).toContain('note: it has no operation that could be checked')
})

test('a model that nobody has, a file that is none, and a text that is no history', async () => {
  const some = file('some.edn', valid)
  expect((await run('--model', 'heap', some)).err).toContain('no model is called "heap"; there are register,')
  expect((await run(join(dir, 'missing'))).err).toContain('not checked: ENOENT')
  expect((await run(file('prose', 'hello'))).err).toContain('this looks like the beginning of no known format')
  expect(existsSync(join(dir, 'missing'))).toBe(false)
})

test('help names every option, and a format that can not hold a history says so', async () => {
  const { code, out } = await run('--help')
  expect(code).toBe(0)
  for (const option of [
    '--format',
    '--model',
    '--initial',
    '--key',
    '--independent',
    '--budget',
    '--html',
    '--json',
    '--convert',
  ]) {
    expect(out).toContain(option)
  }
  const refused = await run('--convert', 'kv-text', file('some.edn', valid))
  expect([refused.code, refused.err]).toEqual([
    254,
    expect.stringContaining('event 0 can not be written as key-value text'),
  ])
})
