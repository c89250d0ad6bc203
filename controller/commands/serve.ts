/** `faultline serve`: the runs in a browser, until Ctrl-C. */
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { campaignsBeside, defaultRoot } from '../../results/layout.ts'
import { isLoopback } from '../../results/serve/host.ts'
import { type Serving, serve } from '../../results/serve/server.ts'
import { UsageError } from '../../workloads/usage-error.ts'
import { interruptSignal } from '../interrupt.ts'
import { wholeNumber } from './options.ts'

interface ServeCommandOptions {
  readonly port: number
  readonly host: string
  readonly root: string
  readonly campaigns?: string
}

const defaultPort = 7357

export function serveCommand(): Command {
  return new Command('serve')
    .description('show all runs in a browser: search, compare, download, and follow one that is still going')
    .addOption(new Option('--port <n>', '0 for any that is free').argParser(wholeNumber).default(defaultPort))
    .option('--host <address>', 'where to listen; anything but loopback can be read by others', '127.0.0.1')
    .option('--root <dir>', 'where run directories are', defaultRoot)
    .option('--campaigns <dir>', 'where campaigns are (default: campaigns/ beside the root)')
    .action(async (options: ServeCommandOptions) => {
      const serving = await started(options)
      const interrupt = interruptSignal()
      console.log(`${serving.url}  shows ${resolve(options.root)}; Ctrl-C ends it`)
      if (!isLoopback(options.host)) console.log(pc.yellow('whoever reaches this address can read all runs'))
      await interrupt.next()
      await new Promise<void>((done) => serving.close(done))
      interrupt.release()
    })
}

function started({ port, host, root, campaigns = campaignsBeside(root) }: ServeCommandOptions): Promise<Serving> {
  if (port > 65_535) throw cannotListen(`port ${port}`, undefined)
  return new Promise((resolve, reject) => {
    const onProblem = (text: string): void => console.error(pc.red(text))
    serve({ root, campaigns, host, port, nowMs: Date.now, onProblem }, (error, serving) => {
      if (serving !== undefined) resolve(serving)
      else reject(cannotListen(`${host} port ${port}`, error))
    })
  })
}

function cannotListen(where: string, cause: Error | undefined): UsageError {
  const why = cause === undefined ? '' : ` (${cause.message})`
  return new UsageError(
    {
      given: `${where}${why}`,
      expected: 'an address of this machine with a port that is free',
      type: 'faultline serve --port 0',
    },
    { cause },
  )
}
