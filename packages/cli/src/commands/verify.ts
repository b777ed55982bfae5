import {BroadsideError} from '@broadside/runtime'
import type {Command} from 'commander'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {formatTable} from '../format-table.ts'
import {untilRepaired} from '../until-repaired.ts'

type VerifyFlags = {site?: string; sample?: string; repair?: boolean; json?: boolean}

/** What publisher answers. */
type Report = {
  site: string
  checked: number
  asked: number
  counts: Record<'missing' | 'altered' | 'stale' | 'foreign', number>
  faults: {fault: string; path: string; detail?: string}[]
  inDoubt: number
  unreachable?: string
  repaired: number
}

/** Reading a whole site takes its time; so much longer than for other requests is waited. */
const patienceFactor = 60

export function addVerify(program: Command, cli: Cli): void {
  program
    .command('verify')
    .summary('compare what is live with the manifest')
    .description(
      'Compares what is live, in the objects and at the public URL, with the manifest: what is missing, altered, ' +
        'stale, or foreign. Foreign files are told and never removed. Ends with 1 when something is not as it must be.',
    )
    .option('--site <site>', 'of this site')
    .option('--sample <count>', 'read so many outputs only, chosen by hash')
    .option('--repair', 'build and put again what differs')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  broadside verify --sample 100\n  broadside verify --repair')
    .action((flags: VerifyFlags) => verify(cli, flags))
}

async function verify(cli: Cli, flags: VerifyFlags): Promise<void> {
  const {json, repair = false} = flags
  const sample = readSample(flags.sample)
  await cli.withLedger(async (ledger) => {
    const {name: site} = await chooseSite(ledger.db, flags.site)
    const patient = {...cli, patienceMs: cli.patienceMs * patienceFactor}
    const payload = {site, repair, ...(sample === undefined ? {} : {sample})}
    const report = (await askService(patient, ledger, {service: 'publisher', kind: 'verify', payload})) as Report
    if (report.repaired > 0) await untilRepaired(patient, ledger, site)
    if (json === true) await cli.write(`${JSON.stringify(report, null, 2)}\n`)
    else await tell(cli, report)
    const {missing, altered, stale} = report.counts
    if (missing + altered + stale > report.repaired) cli.exitCode = 1
  })
}

async function tell(cli: Cli, {site, checked, asked, counts, faults, inDoubt, unreachable, repaired}: Report) {
  await cli.write(formatTable(faults.map(({fault, path, detail = ''}) => [fault, path, detail])))
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (all > faults.length) cli.say(`and ${all - faults.length} more`)
  const found = Object.entries(counts).flatMap(([fault, count]) => (count === 0 ? [] : [`${count} ${fault}`]))
  cli.say(
    `${site}: ${checked} outputs compared with the manifest, ${asked} of them at the public URL: ` +
      (found.length === 0 ? 'all as they must be' : found.join(', ')),
  )
  if (unreachable !== undefined) cli.say(`the public URL was not compared: ${unreachable}`)
  if (inDoubt > 0) cli.say(`${inDoubt} more are being put by a release now`)
  if (repaired > 0) cli.say(`${repaired} were built and put again`)
}

function readSample(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (/^[1-9]\d{0,7}$/.test(given)) return Number(given)
  throw new BroadsideError('invalid', 'verify.sample', `${JSON.stringify(given)} is no number of outputs`)
}
