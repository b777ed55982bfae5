import {BroadsideError} from '@broadside/runtime'
import {Argument, type Command} from 'commander'
import {askService} from '../ask-service.ts'
import type {Cli} from '../cli.ts'

/** What can be set, and the name it has in the request. */
const settings = {
  url: 'url',
  'audience-url': 'audienceUrl',
  remote: 'remote',
  branch: 'branch',
  'from-domain': 'fromDomains',
} as const

type Setting = keyof typeof settings

export function addSiteSet(site: Command, cli: Cli): void {
  site
    .command('set')
    .description(
      'changes where readers find a site, where its forms lead, its repository or branch, or the domains that it alone ' +
        'writes from; pages that name an address are built anew, and nobody is mailed',
    )
    .argument('<name>', 'of the site')
    .addArgument(new Argument('<what>', 'what to set').choices(Object.keys(settings)))
    .argument('[value...]', 'what it is from now on; several for from-domain')
    .option('--none', 'for from-domain: those of the installation again')
    .addHelpText(
      'after',
      '\nExamples:\n  broadside site set recipes url https://cooking.example.org/\n' +
        '  broadside site set recipes from-domain recipes.example.org cooking.example.org',
    )
    .action((name: string, what: Setting, values: string[], flags: {none?: boolean}) =>
      set(cli, name, what, flags.none === true ? [] : values, flags),
    )
}

async function set(cli: Cli, site: string, what: Setting, values: string[], {none}: {none?: boolean}): Promise<void> {
  const isList = what === 'from-domain'
  if (isList ? values.length === 0 && none !== true : values.length !== 1) {
    throw new BroadsideError('invalid', 'site.setting', `${what} needs ${isList ? 'a domain, or --none' : 'one value'}`)
  }
  const payload = {site, [settings[what]]: isList ? values : values[0]}
  await cli.withLedger(async (ledger) => {
    await askService(cli, ledger, {service: 'intake', kind: 'site.set', payload})
    await cli.write(`${site}: ${what} is ${values.join(', ') || 'that of the installation'} from now on\n`)
  })
}
