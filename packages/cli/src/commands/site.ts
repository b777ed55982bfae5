import {BroadsideError} from '@broadside/runtime'
import type {Command} from 'commander'
import {askService} from '../ask-service.ts'
import type {Cli} from '../cli.ts'
import {listAll, showOne} from './site-rows.ts'
import {addSiteSet} from './site-set.ts'

type AddFlags = {
  remote: string
  branch: string
  url: string
  audienceUrl?: string
  fromDomain?: string[]
  json?: boolean
}

export function addSiteVerbs(program: Command, cli: Cli): void {
  const site = program
    .command('site')
    .summary('add, look at, change, pause and remove the sites of this installation')
    .description(
      'Several sites live in one installation, each with its repository, audience, address and domains to write from. ' +
        'Two of them share neither an address nor a domain.',
    )
    .addHelpText('after', '\nExample:\n  broadside site list')
  site
    .command('add')
    .description('follows another repository from now on')
    .argument('<name>', '1 to 40 of a-z, 0-9 and dashes; it stands in keys, logs and links')
    .requiredOption('--remote <remote>', 'its repository: https, ssh, file or an absolute path')
    .option('--branch <branch>', 'its branch', 'main')
    .requiredOption('--url <url>', 'where readers find it')
    .option('--audience-url <url>', 'where its forms and unsubscribe links lead; else as for the first site')
    .option('--from-domain <domain...>', 'a domain that this site alone writes from')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  broadside site add recipes --remote https://git.example.org/studio/recipes.git --url https://recipes.example.org/',
    )
    .action((name: string, flags: AddFlags) => add(cli, name, flags))
  site
    .command('list')
    .description('lists them, with what is live')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  broadside site list --json')
    .action((flags: {json?: boolean}) => listAll(cli, flags))
  site
    .command('show')
    .description('shows what the operator has set for one')
    .argument('[name]', 'of the site; may be left out where there is one')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  broadside site show recipes')
    .action((name: string | undefined, flags: {json?: boolean}) => showOne(cli, name, flags))
  addSiteSet(site, cli)
  site
    .command('previews')
    .description(
      'publishes other branches for few eyes: below an address that nobody guesses, not indexed, never mailed',
    )
    .argument('<name>', 'of the site')
    .argument('[pattern]', 'branches to preview, with * for any characters')
    .option('--off', 'none from now on; those there are go')
    .addHelpText(
      'after',
      "\nExamples:\n  broadside site previews recipes 'draft/*'\n  broadside site previews recipes --off",
    )
    .action((name: string, pattern: string | undefined, flags: {off?: boolean}) => preview(cli, name, pattern, flags))
  const verbs = {
    pause: 'begins nothing new for it: no revision, release or mail; its pages stay',
    resume: 'goes on with a paused one, and takes what was pushed meanwhile',
    remove: 'does nothing more for it, and frees its name, address and domains; its files and its record stay',
  }
  for (const [verb, what] of Object.entries(verbs)) {
    site
      .command(verb)
      .description(what)
      .argument('<name>', 'of the site')
      .addHelpText('after', `\nExample:\n  broadside site ${verb} recipes`)
      .action((name: string) => move(cli, verb, name))
  }
}

async function add(cli: Cli, site: string, flags: AddFlags): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const first = await ledger.db.selectFrom('sites').select('audience_url').orderBy('created_at').executeTakeFirst()
    const {remote, branch, url, audienceUrl = first?.audience_url ?? url, fromDomain: fromDomains = []} = flags
    const payload = {site, remote, branch, url, audienceUrl, fromDomains}
    const answer = await askService(cli, ledger, {service: 'intake', kind: 'site.add', payload})
    if (flags.json === true) return cli.write(`${JSON.stringify(answer, null, 2)}\n`)
    await cli.write(`${site} is followed from now on: ${(answer as {url: string}).url}\n`)
  })
}

async function move(cli: Cli, verb: string, site: string): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const answer = (await askService(cli, ledger, {service: 'intake', kind: `site.${verb}`, payload: {site}})) as {
      state: string
    }
    await cli.write(`${site} is ${answer.state}\n`)
  })
}

async function preview(cli: Cli, site: string, given: string | undefined, {off}: {off?: boolean}): Promise<void> {
  if ((given === undefined) !== (off === true)) {
    throw new BroadsideError('invalid', 'site.pattern', 'give a pattern of branches, or --off')
  }
  const pattern = given ?? null
  await cli.withLedger(async (ledger) => {
    await askService(cli, ledger, {service: 'intake', kind: 'site.previews', payload: {site, pattern}})
    await cli.write(pattern === null ? `${site} has no previews\n` : `${site} previews branches like ${pattern}\n`)
  })
}
