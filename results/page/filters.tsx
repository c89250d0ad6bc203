/** Search and filters over the ops. */
import { useMemo } from 'preact/hooks'
import { count } from '../report/figures.ts'
import { everything, type Filter } from './filter.ts'
import { type Grouping, groupings } from './lanes.ts'
import type { Run } from './run.ts'
import { useStore } from './store.ts'

export const searchId = 'search'

export function Filters({ run, shown }: { run: Run; shown: number }) {
  const filter = useStore(run.store, (state) => state.filter)
  const grouping = useStore(run.store, (state) => state.grouping)
  const { names } = run.ops
  const clients = useMemo(
    () => [...new Set(run.ops.client)].filter((client) => client >= 0).sort((a, b) => a - b),
    [run],
  )
  const set = (change: Partial<Record<keyof Filter, number | string | undefined>>) => {
    const merged = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== undefined)
    run.store.set({ filter: { ...everything, ...Object.fromEntries(merged) } })
  }
  const pick = (name: Exclude<keyof Filter, 'text'>, options: readonly Option[]) => (
    <Picker name={name} options={options} value={filter[name]} onPick={(value) => set({ [name]: value })} />
  )
  const numbered = (list: readonly string[]) =>
    list.map((label, value) => ({ label, value })).sort((a, b) => collator.compare(a.label, b.label))
  return (
    <search class="filters">
      <input
        id={searchId}
        type="search"
        placeholder="Search: write 23003, time-out, c4, #812 …"
        aria-label="search ops"
        value={filter.text}
        onInput={(event) => set({ text: event.currentTarget.value })}
      />
      {pick('key', numbered(names.key))}
      {pick(
        'client',
        clients.map((client) => ({ label: `c${client}`, value: client })),
      )}
      {pick('node', numbered(names.node))}
      {pick('f', numbered(names.f))}
      {pick('outcome', outcomes)}
      <label>
        lanes by{' '}
        <select
          value={grouping}
          onChange={(event) => run.store.set({ grouping: groupingOf(event.currentTarget.value) })}
        >
          {groupings.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <output aria-live="polite">
        {shown === run.ops.length ? `${count(shown)} ops` : `${count(shown)} of ${count(run.ops.length)} ops`}
      </output>
      {shown < run.ops.length && (
        <button type="button" onClick={() => run.store.set({ filter: everything })}>
          show all
        </button>
      )}
    </search>
  )
}

interface Option {
  readonly label: string
  readonly value: number
}

const outcomes: readonly Option[] = [
  { label: 'answered', value: 0 },
  { label: 'failed', value: 1 },
  { label: 'no answer', value: 2 },
]

const collator = new Intl.Collator('en', { numeric: true })

function groupingOf(text: string): Grouping {
  return groupings.find((name) => name === text) ?? 'key'
}

interface PickerProps {
  readonly name: string
  readonly options: readonly Option[]
  readonly value: number | undefined
  readonly onPick: (value: number | undefined) => void
}

function Picker({ name, options, value, onPick }: PickerProps) {
  if (options.length < 2) return null
  return (
    <select
      aria-label={name}
      value={value ?? ''}
      onChange={(event) => onPick(event.currentTarget.value === '' ? undefined : Number(event.currentTarget.value))}
    >
      <option value="">{name}: all</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}
