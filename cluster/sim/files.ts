/**
 * The files of one simulated disk by name, and which names would be found if the power went now. A name made, changed
 * or removed is durable once the directory was synced; until then it may survive or not, but never out of order.
 */
import type { Random } from '../random.ts'
import { File } from './file.ts'

type Change =
  | { readonly do: 'create'; readonly name: string; readonly file: File }
  | { readonly do: 'rename'; readonly name: string; readonly to: string }
  | { readonly do: 'remove'; readonly name: string }

export class Files {
  #names = new Map<string, File>()
  #durable = new Map<string, File>()
  /** Since the directory was synced last. */
  #changes: Change[] = []

  list(): readonly string[] {
    return [...this.#names.keys()].sort()
  }

  get(name: string): File | undefined {
    return this.#names.get(name)
  }

  append(name: string, bytes: Uint8Array): void {
    let file = this.#names.get(name)
    if (!file) {
      file = new File()
      this.#change({ do: 'create', name, file })
    }
    file.append(bytes)
  }

  /** False where there is no such file. */
  rename(from: string, to: string): boolean {
    if (!this.#names.has(from)) return false
    this.#change({ do: 'rename', name: from, to })
    return true
  }

  remove(name: string): void {
    if (this.#names.has(name)) this.#change({ do: 'remove', name })
  }

  syncDirectory(): void {
    if (this.#changes.length === 0) return
    this.#durable = new Map(this.#names)
    this.#changes = []
  }

  /** Power went and came back. */
  losePower(random: Random): void {
    const kept = random.between(0, this.#changes.length)
    const names = new Map(this.#durable)
    for (const change of this.#changes.slice(0, kept)) apply(names, change)
    for (const name of [...names.keys()].sort()) names.get(name)?.losePower(random)
    this.#names = names
    this.#durable = new Map(names)
    this.#changes = []
  }

  /** Turns one bit somewhere; gives its file and byte, or nothing where no file has a bit to turn. */
  flip(random: Random): string | undefined {
    for (const name of random.shuffle(this.list())) {
      const at = this.#names.get(name)?.flip(random)
      if (at !== undefined) return `${name} byte ${at}`
    }
    return undefined
  }

  mend(): void {
    // A file without a name any more may still come back by a loss of power.
    for (const file of new Set([...this.#names.values(), ...this.#durable.values()])) file.mend()
  }

  #change(change: Change): void {
    this.#changes.push(change)
    apply(this.#names, change)
  }
}

function apply(names: Map<string, File>, change: Change): void {
  switch (change.do) {
    case 'create':
      names.set(change.name, change.file)
      return
    case 'rename': {
      const file = names.get(change.name)
      if (!file) return
      names.delete(change.name)
      names.set(change.to, file)
      return
    }
    case 'remove':
      names.delete(change.name)
      return
    default:
      return change satisfies never
  }
}
