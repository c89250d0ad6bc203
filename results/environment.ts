/** What must be known beside the plan to judge or repeat a run. */
export interface Environment {
  /** ISO 8601. */
  readonly startedAt: string
  readonly mode: 'real' | 'sim'
  readonly faultline: string
  readonly node: string
  readonly platform: string
  /** `{ commit, dirty }` of the tester's checkout; absent outside one. */
  readonly git?: { readonly commit: string; readonly dirty: boolean }
  /** As it was typed. */
  readonly command: string
  /** What to type to run the same plan again. */
  readonly repeat: string
}
