/** `faultline list`: everything that can be named, from the registries. */
import { Command } from 'commander'
import { formats } from 'porcupine-ts/formats'
import { models, objects } from 'porcupine-ts/models'
import type { Bug } from '../../cluster/bugs/bug.ts'
import { bugs } from '../../cluster/bugs/index.ts'
import type { OptionSpec } from '../../cluster/node/options.ts'
import { systems } from '../../cluster/systems/index.ts'
import { faults } from '../../nemesis/index.ts'
import { workloads } from '../../workloads/index.ts'

export function listCommand(): Command {
  return new Command('list')
    .description('list systems, workloads, faults, bugs, models, objects and formats, with their options')
    .action(() => console.log(listText()))
}

/** The whole list, as printed. */
export function listText(): string {
  const lines: string[] = []
  section(lines, 'systems (--system NAME, options by --set)', systems)
  section(lines, 'workloads (--workload NAME, options by --with)', workloads)
  section(lines, 'faults (--faults NAME,NAME)', faults)
  section(lines, 'bugs (--bug NAME)', bugs as Readonly<Record<string, Bug>>)
  lines.push('models (--model NAME)', ...Object.keys(models).map((name) => `  ${name}`), '')
  section(lines, 'objects (--model NAME, for histories of something else than a store of keys)', objects)
  lines.push('formats of histories (--format NAME)', ...Object.keys(formats).map((name) => `  ${name}`))
  return lines.join('\n')
}

interface Listed {
  readonly summary: string
  readonly options?: Readonly<Record<string, OptionSpec>>
}

function section(lines: string[], title: string, registry: Readonly<Record<string, Listed>>): void {
  lines.push(title)
  for (const [name, { summary, options }] of Object.entries(registry)) {
    lines.push(`  ${name.padEnd(34)} ${summary}`)
    for (const [option, spec] of Object.entries(options ?? {})) {
      lines.push(`      ${`${option}=${spec.default}`.padEnd(30)} ${spec.summary}`)
    }
  }
  lines.push('')
}
