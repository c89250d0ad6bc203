/** The pending operations of a search: those that are alike form a group and are used in the order of their calls. */

import { at } from '../ints.ts'
import type { Entries } from './entries.ts'

const never = 0x7fffffff

/** Groups are numbered by the call of their first member, members by group and call. */
export class PendingGroups {
  count = 0
  members = 0
  readonly class: Int32Array
  readonly firstCall: Int32Array
  /** Where each group's members begin and end, and how many are used. */
  readonly #start: Int32Array
  readonly #used: Int32Array
  /** The numbers of the operations and their calls. After each group stands a call that never comes. */
  readonly #numbers: Int32Array
  readonly #calls: Int32Array

  /** Eager classes are left out: what changes nothing and did not return is never needed. */
  constructor(entries: Entries, classes: Int32Array, isEager: Int32Array, isSymmetric: boolean) {
    const groups = groupsOf(entries, classes, isEager, isSymmetric)
    this.count = groups.length
    this.class = new Int32Array(groups.length)
    this.firstCall = new Int32Array(groups.length)
    this.#start = new Int32Array(groups.length + 1)
    this.#used = new Int32Array(groups.length)
    const size = entries.pending + groups.length
    this.#numbers = new Int32Array(size)
    this.#calls = new Int32Array(size)
    let place = 0
    for (const [group, numbers] of groups.entries()) {
      this.class[group] = at(classes, numbers[0] ?? 0)
      this.#start[group] = place
      for (const number of numbers) {
        this.#numbers[place] = number
        this.#calls[place++] = at(entries.call, number)
      }
      this.firstCall[group] = at(this.#calls, at(this.#start, group))
      this.#calls[place++] = never
    }
    this.members = place
  }

  /** When the next member that is not used was called. */
  nextCall(group: number): number {
    return at(this.#calls, at(this.#start, group) + at(this.#used, group))
  }

  /** Uses the next member, and says which one it is. */
  use(group: number): number {
    const used = at(this.#used, group)
    this.#used[group] = used + 1
    return at(this.#start, group) + used
  }

  /** Takes back the last use, and says which member it was. */
  giveBack(group: number): number {
    const used = at(this.#used, group) - 1
    this.#used[group] = used
    return at(this.#start, group) + used
  }

  /** The operation's number of a member. */
  numberOf(member: number): number {
    return at(this.#numbers, member)
  }

  /** The operation's number of the next member that is not used. */
  nextNumber(group: number): number {
    return at(this.#numbers, at(this.#start, group) + at(this.#used, group))
  }

  /** A trail with each ~group replaced by the number of the operation that it means. */
  resolve(trail: Int32Array, length: number): Int32Array {
    const used = new Int32Array(this.count)
    const numbers = trail.slice(0, length)
    for (let i = 0; i < length; i++) {
      const group = ~at(numbers, i)
      if (group < 0) continue
      numbers[i] = at(this.#numbers, at(this.#start, group) + at(used, group))
      used[group] = at(used, group) + 1
    }
    return numbers
  }
}

function groupsOf(entries: Entries, classes: Int32Array, isEager: Int32Array, isSymmetric: boolean): number[][] {
  const groups: number[][] = []
  const ofClass = new Map<number, number[]>()
  const first = entries.required + 1
  for (let number = first; number < first + entries.pending; number++) {
    const operationClass = at(classes, number)
    if (at(isEager, operationClass) === 1) continue
    const known = isSymmetric ? ofClass.get(operationClass) : undefined
    if (known !== undefined) {
      known.push(number)
      continue
    }
    const group = [number]
    groups.push(group)
    if (isSymmetric) ofClass.set(operationClass, group)
  }
  return groups
}
