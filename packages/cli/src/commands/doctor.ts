import {lookup, resolveTxt, reverse} from 'node:dns/promises'
import {findSite, lastLiveRelease, openSiteView, type Db} from '@broadside/ledger'
import {BroadsideError, readSiteConfig} from '@broadside/runtime'
import {dkimRecord, readDkimKey} from '@broadside/smtp'
import type {Command} from 'commander'
import {z} from 'zod'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {checkOneClick} from '../doctor/check-one-click.ts'
import {checkMailRecords, type MailSetup} from '../doctor/mail-records.ts'

type DoctorFlags = {site?: string; json?: boolean}

export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .summary('look whether mails of a site will be taken')
    .description(
      'Asks DNS for what receivers of mail look up: SPF, DKIM, DMARC, the name of the mail server. Posts to the public ' +
        'address for unsubscribing, and unsubscribes nobody. Reads the same variables as newsletter. ' +
        'Ends with 1 when something is bad.',
    )
    .option('--site <site>', 'of this site')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  broadside doctor --site field-notes')
    .action((flags: DoctorFlags) => examine(cli, flags))
}

async function examine(cli: Cli, {site, json}: DoctorFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const {name} = await chooseSite(db, site)
    const row = await findSite(db, name)
    const findings = [
      ...(await checkMailRecords(await setupOf(db, name, cli.env), {lookup, resolveTxt, reverse})),
      await checkOneClick(row.audience_url),
    ]
    if (json === true) await cli.write(`${JSON.stringify(findings, null, 2)}\n`)
    else {
      for (const {about, state, message, advice} of findings) {
        await cli.write(`${state.padEnd(8)}${about}: ${message}\n`)
        if (advice !== undefined) await cli.write(`        ${advice}\n`)
      }
    }
    if (findings.some(({state}) => state === 'bad')) cli.exitCode = 1
  })
}

const dkimVariables = {
  DKIM_KEY: z.string().optional(),
  DKIM_DOMAIN: z.string().optional(),
  DKIM_SELECTOR: z.string().optional(),
}

/** From the variables that newsletter reads too, and from what readers see of the site. */
async function setupOf(db: Db, site: string, env: Cli['env']): Promise<MailSetup> {
  const live = await lastLiveRelease(db, site)
  const settings = live === undefined ? undefined : (await openSiteView(db, site, live.revision)).settings
  const from = settings?.newsletter.from ?? env['MAIL_FROM']
  const domain = /@([^\s<>@]+)>?\s*$/.exec(from ?? '')?.[1]
  if (domain === undefined) {
    throw new BroadsideError('invalid', 'doctor.from', `nobody says what mails of ${site} are from`, {
      hint: 'Set newsletter.from in broadside.yaml, or MAIL_FROM as newsletter has it',
    })
  }
  const {DKIM_KEY: pem, DKIM_DOMAIN, DKIM_SELECTOR} = readSiteConfig(dkimVariables, site, env)
  const key =
    pem === undefined || DKIM_DOMAIN === undefined || DKIM_SELECTOR === undefined
      ? undefined
      : readDkimKey({pem, domain: DKIM_DOMAIN, selector: DKIM_SELECTOR})
  const smtpUrl = env['SMTP_URL']
  return {
    fromDomain: domain.toLowerCase(),
    dkim: key === undefined ? undefined : {domain: key.domain, selector: key.selector, record: dkimRecord(key).text},
    smtpHost: smtpUrl === undefined ? undefined : URL.parse(smtpUrl)?.hostname,
  }
}
