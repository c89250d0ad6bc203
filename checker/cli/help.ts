/** What `--help` prints. */
import { formats } from '../formats/guess.ts'
import { models, objects } from '../models/index.ts'

const formatNames = Object.keys(formats).join(', ')

export const help = `porcupine-ts FILE…: decides whether recorded histories are linearizable. "-" is the standard input.

  --format NAME      ${formatNames} (default: guessed)
  --model NAME|FILE  ${[...Object.keys(models), ...Object.keys(objects)].join(', ')},
                     or a module that exports model (default: the history's or the format's own)
  --initial JSON     what every key holds at first, such as 0 or '""' (default: the history's or the format's own);
                     only with ${Object.keys(models).join(', ')}
  --key KEY          only operations of this key
  --independent      Jepsen: values are [key value]; --no-independent: they are not (default: guessed)
  --nil-reads-match-anything   Jepsen: a read of nil saw nothing in particular, as Knossos has it
  --failed-cas-observes        Jepsen: a failed compare-and-set met another value (default; --no-… as Knossos has it)
  --budget N         configurations to expand before saying unknown (default: 5 million)
  --time-limit S     seconds before saying unknown (default: none)
  --workers N        threads for histories whose keys are hard to decide (default: 1); the result is the same
  --brief            say the verdict only, and look for no cause: quicker
  --html FILE        write a page that shows it
  --json             print JSON, with a version
  --convert NAME     print the history in another format instead of checking it
  --help, --version

Exit codes: 0 valid, 1 illegal, 2 unknown, 254 usage, damaged input, output that can not be written or a model that
fails, 255 a crash of ours; of several files 1 > 254 > 2 > 0.
`
