import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CachedScript, marked } from './cached-script.ts'

let folder: string
const script = () => join(folder, 'script.cjs')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cached-script-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const saying = (word: string) => `exports.say = () => '${word}'`

/** As from a package: whatever is in it, it is as old as all packed files. */
function install(text: string): void {
  writeFileSync(script(), text)
  utimesSync(script(), 499162500, 499162500)
}

function opened(): CachedScript<{ say(): string }> {
  const found = CachedScript.open<{ say(): string }>(script(), folder)
  if (found === undefined) throw new Error('it was not opened')
  return found
}

/** One run of a process: what it said. */
function said(...done: string[]): string {
  const script = opened()
  const word = script.run().say()
  script.save(new Set(done))
  return word
}

/** The path of the cache. */
function cache(): string {
  const [name, ...more] = readdirSync(folder).filter((each) => each.startsWith('porcupine-ts-'))
  if (name === undefined || more.length > 0)
    throw new Error(`there are ${more.length + Number(name !== undefined)} caches`)
  return join(folder, name)
}

test('what a run compiled is what the next one runs', () => {
  const text = marked(saying('old'), digest)
  install(text)
  expect(said('a word')).toBe('old')
  // By the mark and the length, V8 and we take it for the same script: this shows that the code is in use.
  install(text.replace('old', 'new'))
  expect(said('a word')).toBe('old')
})

describe('a cache is of one script only:', () => {
  test('another one has another mark', () => {
    install(marked(saying('old'), digest))
    said('a word')
    install(marked(saying('new'), digest))
    expect(said('a word')).toBe('new')
  })

  test('where somebody changed it in place, that counts', () => {
    const text = marked(saying('old'), digest)
    install(text)
    said('a word')
    writeFileSync(script(), text.replace('old', 'new'))
    expect(said('a word')).toBe('new')
  })
})

test('the cache is written anew when something else was done, and only then', () => {
  install(marked(saying('old'), digest))
  said('this')
  const { ino } = statSync(cache())
  said('this')
  said()
  expect(statSync(cache()).ino).toBe(ino)
  said('that')
  // Another file in its place, so nobody reads half of one.
  expect(statSync(cache()).ino).not.toBe(ino)
  expect(readFileSync(cache(), 'latin1')).toMatch(/^this, that\n/)
  said('that', 'this')
  expect(readFileSync(cache(), 'latin1')).toMatch(/^this, that\n/)
})

test('nobody else may read or write it', () => {
  install(marked(saying('old'), digest))
  said('this')
  expect(statSync(cache()).mode & 0o777).toBe(0o600)
})

describe('a damaged cache is not run, and written anew:', () => {
  let text: string
  let whole: Buffer
  let count = 0
  beforeEach(() => {
    text = marked(saying('old'), digest)
    install(text)
    said('this')
    whole = readFileSync(cache())
  })

  /** By the mark and the length the same script; but other words, since V8 knows a script that this process compiled. */
  function expectNotRun(damaged: string | Buffer): void {
    const word = String(100 + count++)
    install(text.replace('old', word))
    writeFileSync(cache(), damaged)
    expect(said('this')).toBe(word)
    const saved = readFileSync(cache())
    expect(saved).not.toEqual(Buffer.from(damaged))
    expect(saved.toString('latin1')).toMatch(/^this\n/)
  }

  test('one bit is another', () => {
    for (const at of [0, 20, whole.length >> 2, (whole.length >> 1) - 1, whole.length >> 1, whole.length - 1]) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ 4
      expectNotRun(damaged)
    }
  })

  test.each([0, 1, 100, 101])('it is cut to %i bytes', (length) => {
    expectNotRun(whole.subarray(0, length))
  })

  test('it is twice the same, but no code', () => {
    expectNotRun('this\nno code'.repeat(2))
  })
})

test.each(['nowhere', 'script.cjs'])('where a cache can not be written, nothing is lost: in %s', (name) => {
  install(marked(saying('old'), digest))
  const found = CachedScript.open<{ say(): string }>(script(), join(folder, name))
  expect(found?.run().say()).toBe('old')
  found?.save(new Set(['this']))
  expect(readdirSync(folder)).toEqual(['script.cjs'])
})

test('where something else stands in its place, nothing is left beside it', () => {
  install(marked(saying('old'), digest))
  said('this')
  const path = cache()
  rmSync(path)
  mkdirSync(path)
  expect(said('this')).toBe('old')
  expect(readdirSync(folder)).toEqual([basename(path), 'script.cjs'])
})

test.each(['script.cjs', 'link.cjs'])('what it requires may require it, and gets what runs already: %s', (name) => {
  writeFileSync(join(folder, 'other.cjs'), `exports.main = require('./script.cjs')`)
  const script = `exports.say = () => require('./other.cjs').main.say === exports.say ? 'one' : 'two'`
  install(marked(script, digest))
  symlinkSync(join(folder, 'script.cjs'), join(folder, 'link.cjs'))
  expect(CachedScript.open<{ say(): string }>(join(folder, name), folder)?.run().say()).toBe('one')
})

test('there is none without a file, a mark, or a folder for caches', () => {
  expect(CachedScript.open(script(), folder)).toBeUndefined()
  install(saying('old'))
  expect(CachedScript.open(script(), folder)).toBeUndefined()
  install(marked(saying('old'), digest))
  expect(CachedScript.open(script(), undefined)).toBeUndefined()
})

test('a script is written in ASCII, and says the same', () => {
  const text = marked(saying('→ 🜂 “é”'), digest)
  expect(text).toMatch(/^\/\/ [0-9a-f]{16}\n[\0-\x7f]*$/)
  install(text)
  expect(said('this')).toBe('→ 🜂 “é”')
})
