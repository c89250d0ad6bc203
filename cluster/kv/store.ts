/** The state machine: a map from keys to versioned values. Deterministic: equal commands in equal order give equal states. */
import type { Command, CommandResult } from './command.ts'
import type { Value } from './request.ts'

/** `version` counts the changes of the key; a deleted key keeps counting, so that versions never come twice. */
export interface Versioned {
  readonly value: Value
  readonly version: number
}

const absent: Versioned = { value: null, version: 0 }

export class KvStore {
  #values = new Map<string, Versioned>()

  read(key: string): Versioned {
    return this.#values.get(key) ?? absent
  }

  apply(command: Command): CommandResult {
    const before = this.read(command.key)
    switch (command.f) {
      case 'write':
        return this.#put(command.key, command.value, before)
      case 'delete':
        return this.#put(command.key, null, before)
      case 'append':
        return this.#put(command.key, `${before.value ?? ''}${command.value}`, before)
      case 'cas': {
        const [from, to] = command.value
        if (before.value !== from) return { swapped: false, found: before.value, version: before.version }
        return { swapped: true, ...this.#put(command.key, to, before) }
      }
      default:
        return command satisfies never
    }
  }

  #put(key: string, value: Value, before: Versioned): { version: number } {
    const version = before.version + 1
    this.#values.set(key, { value, version })
    return { version }
  }

  /** The whole state as text, for a snapshot. */
  snapshot(): string {
    return JSON.stringify([...this.#values].map(([key, { value, version }]) => [key, value, version]))
  }

  /** Replaces the whole state by a snapshot's. */
  restore(snapshot: string): void {
    const rows = JSON.parse(snapshot) as [string, Value, number][] // `snapshot` wrote it, and a checksum guards it.
    this.#values = new Map(rows.map(([key, value, version]) => [key, { value, version }]))
  }
}
