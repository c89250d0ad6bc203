/**
 * A single copy of the data, trivially right: one node, each change in a log and synced before it is answered.
 * The positive control of the tester: whatever is done to it, no workload may find an anomaly.
 */
import type { Done, Env } from '../env.ts'
import { type Command, decodeCommand, encodeCommand } from '../kv/command.ts'
import { route } from '../kv/routes.ts'
import { KvStore } from '../kv/store.ts'
import type { ApiAnswer, ApiRequest } from './api.ts'
import { type Answer, notDone } from './pending.ts'
import type { NodeProgram, RunningNode } from './program.ts'
import { ProgressTeller } from './progress.ts'
import { frame, parse } from './wal.ts'

export const singleCopy: NodeProgram = {
  summary: 'one node with a log: trivially right',
  start(env, _setup, ready) {
    const node = new SingleCopy(env)
    node.open(ready)
    return node
  },
}

const file = 'log'

class SingleCopy implements RunningNode {
  #env: Env
  #store = new KvStore()
  #progress: ProgressTeller
  /** Changes that wait for the disk, in the order of their arrival. */
  #queue: { command: Command; answer: Answer }[] = []
  #isOpen = false
  #isBusy = false
  #applied = 0

  constructor(env: Env) {
    this.#env = env
    this.#progress = new ProgressTeller(env, () => ({ commit: this.#applied, applied: this.#applied }))
  }

  open(ready: (error?: Error) => void): void {
    this.#env.disk.size(file, (sizeError, length) => {
      if (sizeError) return ready(sizeError)
      this.#env.disk.read(file, 0, length, (error, bytes) => {
        if (error) return ready(error)
        const { records, goodBytes } = parse(bytes, file)
        for (const record of records) this.#apply(decodeCommand(record))
        this.#settle(goodBytes, (settleError) => {
          this.#isOpen = !settleError
          ready(settleError)
          if (!settleError) this.#env.trace({ type: 'role', role: 'leader', term: 1 })
        })
      })
    })
  }

  /** The last life may have died before its sync: what was read is made durable before anybody sees it. */
  #settle(goodBytes: number, done: Done): void {
    const { disk } = this.#env
    // Nothing appended: the file is there from now on, so that its name can be made durable once and for all.
    disk.append(file, new Uint8Array(), (appendError) => {
      if (appendError) return done(appendError)
      disk.truncate(file, goodBytes, (truncateError) => {
        if (truncateError) return done(truncateError)
        disk.sync({ file }, (syncError) => {
          if (syncError) return done(syncError)
          disk.sync('directory', done)
        })
      })
    })
  }

  handle(request: ApiRequest, answer: Answer): void {
    if (!this.#isOpen) return answer(notDone('starting'))
    const target = route(request)
    switch (target.to) {
      case 'refused':
        return answer(target.answer)
      case 'status':
        return answer(this.#status())
      case 'kv': {
        if (target.request.f !== 'read') {
          this.#queue.push({ command: target.request, answer })
          return this.#work()
        }
        // Changes are applied once they are synced, so whatever a read sees survives a crash.
        const { value, version } = this.#store.read(target.request.key)
        if (value === null) return answer({ status: 404, body: { error: 'not_found', value, version } })
        return answer({ status: 200, body: { value, version } })
      }
      default:
        return target satisfies never
    }
  }

  #status(): ApiAnswer {
    const body = { role: 'leader', term: 1, leader: null, commit: this.#applied, applied: this.#applied, counters: {} }
    return { status: 200, body }
  }

  #apply(command: Command): ReturnType<KvStore['apply']> {
    this.#applied++
    return this.#store.apply(command)
  }

  #work(): void {
    if (this.#isBusy || this.#queue.length === 0) return
    this.#isBusy = true
    const batch = this.#queue
    this.#queue = []
    this.#env.disk.append(file, frame(batch.map(({ command }) => encodeCommand(command))), (appendError) => {
      if (appendError) throw new Error('the disk failed', { cause: appendError })
      this.#env.crashPoint('before-sync')
      this.#env.disk.sync({ file }, (error) => {
        if (error) throw new Error('the disk failed', { cause: error })
        this.#env.crashPoint('after-sync')
        for (const { command, answer } of batch) {
          this.#env.crashPoint('before-send')
          answer({ status: 200, body: { ...this.#apply(command) } })
          this.#env.crashPoint('after-send')
        }
        this.#progress.moved()
        this.#isBusy = false
        this.#work()
      })
    })
  }
}
