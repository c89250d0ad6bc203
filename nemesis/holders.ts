/** Who holds what, by name: a thing is free again when the last of its holders lets go. */
export class Holders {
  /** In the order in which they took it. */
  readonly #holders = new Map<string, Set<string>>()
  /** What each holder ever held. */
  readonly #touched = new Map<string, Set<string>>()

  /** True for the first to hold it. */
  take(what: string, holder: string): boolean {
    const holders = this.#holders.get(what) ?? new Set()
    const isFirst = holders.size === 0
    this.#holders.set(what, holders.add(holder))
    this.#touched.set(holder, (this.#touched.get(holder) ?? new Set()).add(what))
    return isFirst
  }

  /** True for the last that held it; letting go of what one does not hold changes nothing. */
  drop(what: string, holder: string): boolean {
    const holders = this.#holders.get(what)
    if (!holders?.delete(holder)) return false
    if (holders.size > 0) return false
    this.#holders.delete(what)
    return true
  }

  isHeld(what: string): boolean {
    return this.#holders.has(what)
  }

  holds(what: string, holder: string): boolean {
    return this.of(what).includes(holder)
  }

  of(what: string): string[] {
    return [...(this.#holders.get(what) ?? [])]
  }

  /** Who else holds something that this holder holds. */
  sharers(holder: string): string[] {
    const others = new Set<string>()
    for (const holders of this.#holders.values())
      if (holders.has(holder)) for (const other of holders) others.add(other)
    others.delete(holder)
    return [...others]
  }

  /** Whether nobody holds any more what this holder ever held. */
  isReleased(holder: string): boolean {
    return [...(this.#touched.get(holder) ?? [])].every((what) => !this.isHeld(what))
  }
}
