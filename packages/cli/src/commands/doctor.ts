import {findSite, hookRecord, type Db, type SitesTable} from '@broadside/ledger'
import {explain, readSiteConfig} from '@broadside/runtime'
import type {Command} from 'commander'
import {z} from 'zod'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {checkHooks, type HooksToCheck} from '../doctor/check-hooks.ts'
import {checkOneClick} from '../doctor/check-one-click.ts'
import type {Finding} from '../doctor/finding.ts'
import {checkMailRecords} from '../doctor/mail-records.ts'
import {mailSetup} from '../doctor/mail-setup.ts'
import {findInstallation} from '../find-installation.ts'

type DoctorFlags = {site?: string; hooks?: string; json?: boolean}

export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .summary('look whether all that a site needs is there, and whether its mails will be taken')
    .description(
      'Looks at NATS and Redis, writes, reads and removes an object, asks whether webhooks arrive, and asks DNS for what ' +
        'receivers of mail look up: SPF, DKIM, DMARC, the name of the mail server. Posts to the public address for ' +
        'unsubscribing, and unsubscribes nobody. Reads the variables that the services read, or what a running npm start ' +
        'tells. Ends with 1 when something is bad.',
    )
    .option('--site <site>', 'of this site')
    .option('--hooks <url>', 'where its webhooks come to, if not to /hooks/<site> of the address of its forms')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  broadside doctor --site field-notes')
    .action((flags: DoctorFlags) => examine(cli, flags))
}

async function examine(cli: Cli, {site, hooks, json}: DoctorFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const row = await findSite(db, (await chooseSite(db, site)).name)
    // Clients of all servers are large, and no other verb needs them.
    const {checkServers} = await import('../doctor/check-servers.ts')
    const servers = findInstallation(cli)
    const found = await Promise.all([
      checkServers({site: row.name, servers, env: cli.env}),
      checkHooks(await hooksOf(cli, db, row, hooks ?? servers.hooksUrl)),
      checkMail(cli, db, row),
      checkOneClick(row.audience_url).then((finding) => [finding]),
    ])
    const findings = found.flat()
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

async function checkMail({env, resolver}: Cli, db: Db, {name}: SitesTable): Promise<Finding[]> {
  try {
    const {setup, findings} = await mailSetup(db, name, env)
    return [...findings, ...(setup === undefined ? [] : await checkMailRecords(setup, resolver))]
  } catch (error) {
    return [{about: 'mail', state: 'bad', message: explain(error)}]
  }
}

async function hooksOf({env}: Cli, db: Db, site: SitesTable, base: string | undefined): Promise<HooksToCheck> {
  const audience = site.audience_url.endsWith('/') ? site.audience_url : `${site.audience_url}/`
  const {WEBHOOK_SECRET: secret} = readSiteConfig({WEBHOOK_SECRET: z.string().optional()}, site.name, env)
  return {
    url: new URL(`hooks/${site.name}`, base ?? audience),
    hasSecret: secret !== undefined,
    record: await hookRecord(db, site.name),
  }
}
