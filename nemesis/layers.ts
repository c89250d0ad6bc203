/** What several holders want of one thing, each its own: when one lets go, the others' wishes still stand. */
export class Layers<Wish> {
  readonly #layers = new Map<string, Map<string, Wish>>()

  /** The newest wish of a holder is its last. */
  set(what: string, holder: string, wish: Wish): void {
    const layers = this.#layers.get(what) ?? new Map<string, Wish>()
    layers.delete(holder)
    this.#layers.set(what, layers.set(holder, wish))
  }

  /** False where the holder wished for nothing. */
  remove(what: string, holder: string): boolean {
    return this.#layers.get(what)?.delete(holder) ?? false
  }

  /** All wishes, oldest first. */
  of(what: string): Wish[] {
    return [...(this.#layers.get(what)?.values() ?? [])]
  }
}
