import {writeFile} from 'node:fs/promises'
import {resolve} from 'node:path'
import {resolveEdition, withCounts, type Ledger} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {Option, type Command} from 'commander'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'

type PostFlags = {site?: string}
/** A second mail of a post, to those who got the first, with its own subject and what was wrong. */
type CorrectionFlags = PostFlags & {correction?: boolean; subject?: string; note?: string}
type PreviewFlags = CorrectionFlags & {as: 'text' | 'html'; out?: string; json?: boolean}

const postArgument = ['<post>', 'slug of the post, its address, or its path in the repository'] as const
const editionArgument = ['<edition>', 'id of the edition, its beginning, or slug or path of its post'] as const

const correctionOption = () => new Option('--correction', 'to those who got the mail of the post, in its thread')
const subjectOption = () => new Option('--subject <text>', 'subject of the correction (default: says that it is one)')
const noteOption = () => new Option('--note <text>', 'what was wrong; the correction begins with it')

/** Verbs about the mail of one post, and about deliveries that came to an end. */
export function addPostVerbs(newsletter: Command, cli: Cli): void {
  newsletter
    .command('preview')
    .description('shows the mail of a post that is live, and sends nothing')
    .argument(...postArgument)
    .addOption(new Option('--as <part>', 'which part of the mail').choices(['text', 'html']).default('text'))
    .option('--out <file>', 'write it there')
    .addOption(correctionOption())
    .addOption(subjectOption())
    .addOption(noteOption())
    .option('--site <site>', 'of this site')
    .option('--json', 'print subject, sender and both parts as JSON')
    .addHelpText('after', '\nExample:\n  broadside newsletter preview when-nats --as html --out mail.html')
    .action((post: string, flags: PreviewFlags) => preview(cli, post, flags))
  newsletter
    .command('test')
    .description('sends the mail of a post to one address; no edition knows of it')
    .argument(...postArgument)
    .requiredOption('--to <address>', 'who gets it')
    .option('--site <site>', 'of this site')
    .addHelpText('after', '\nExample:\n  broadside newsletter test when-nats --to me@example.org')
    .action((post: string, flags: PostFlags & {to: string}) => sendTest(cli, post, flags))
  newsletter
    .command('send')
    .description('mails a post that was not mailed, for its mail was off or it was there before')
    .argument(...postArgument)
    .addOption(correctionOption())
    .addOption(subjectOption())
    .addOption(noteOption())
    .option('--site <site>', 'of this site')
    .addHelpText(
      'after',
      '\nExample:\n  broadside newsletter send when-nats\n  broadside newsletter send when-nats --correction --note "The date was wrong."',
    )
    .action((post: string, flags: CorrectionFlags) => send(cli, post, flags))
  newsletter
    .command('retry')
    .description('has the deliveries of an edition that failed tried again')
    .argument(...editionArgument)
    .option('--failed', 'those that failed', true)
    .option('--site <site>', 'of this site alone')
    .addHelpText('after', '\nExample:\n  broadside newsletter retry when-nats')
    .action((edition: string, flags: PostFlags) => settle(cli, 'retry', edition, flags, {}))
  newsletter
    .command('resolve')
    .description('says what became of deliveries that are uncertain')
    .argument(...editionArgument)
    .option('--accept', 'the mail server has them')
    .option('--resend', 'send them again, which may be the second mail')
    .option('--site <site>', 'of this site alone')
    .addHelpText('after', '\nExample:\n  broadside newsletter resolve when-nats --accept')
    .action((edition: string, flags: PostFlags & {accept?: boolean; resend?: boolean}) => {
      if (flags.accept === flags.resend)
        throw new BroadsideError('invalid', 'edition.undecided', 'say --accept or --resend')
      return settle(cli, 'resolve', edition, flags, {as: flags.accept === true ? 'accepted' : 'resend'})
    })
}

async function preview(cli: Cli, post: string, flags: PreviewFlags): Promise<void> {
  const {site, as, out, json} = flags
  const mail = (await ask(cli, site, 'preview', {post, ...correctionOf(flags)})) as {
    subject: string
    from: string
    text: string
    html: string
  } & Looked
  const text = json === true ? `${JSON.stringify(mail, null, 2)}\n` : mail[as]
  if (out !== undefined) {
    await writeFile(resolve(cli.cwd, out), text)
    return cli.say(`“${mail.subject}” is in ${out}`)
  }
  if (json !== true) {
    tellFindings(cli, mail)
    cli.say(`From: ${mail.from}\nSubject: ${mail.subject}\n`)
  }
  return cli.write(text)
}

/** What was found when the mail was looked over. */
type Looked = {findings: {gate: boolean; message: string}[]}

function tellFindings(cli: Cli, {findings}: Looked): void {
  for (const {gate, message} of findings) cli.say(`${gate ? 'keeps it back' : 'look at this'}: ${message}`)
}

async function sendTest(cli: Cli, post: string, {site, to}: PostFlags & {to: string}): Promise<void> {
  const sent = (await ask(cli, site, 'test', {post, to})) as {subject: string; reply: string} & Looked
  await cli.write(`“${sent.subject}” went to ${to}: ${sent.reply}\n`)
  tellFindings(cli, sent)
}

async function send(cli: Cli, post: string, flags: CorrectionFlags): Promise<void> {
  const {edition, state} = (await ask(cli, flags.site, 'send', {post, ...correctionOf(flags)})) as {
    edition: string
    state: string
  }
  await cli.write(`edition ${edition.slice(0, 8)} is ${state} now\n`)
}

function correctionOf({correction, subject, note}: CorrectionFlags): object {
  if (correction === true) return {correction, subject, note}
  if (subject === undefined && note === undefined) return {}
  throw new BroadsideError('invalid', 'edition.not-a-correction', '--subject and --note are those of a correction', {
    hint: 'Add --correction; of its first mail a post says the subject itself',
  })
}

async function ask(cli: Cli, site: string | undefined, kind: string, payload: object): Promise<unknown> {
  return cli.withLedger(async (ledger) => {
    const {name} = await chooseSite(ledger.db, site)
    return askService(cli, ledger, {service: 'newsletter', kind, payload: {site: name, ...payload}})
  })
}

async function settle(cli: Cli, kind: string, name: string, {site}: PostFlags, more: object): Promise<void> {
  await cli.withLedger(async (ledger: Ledger) => {
    const {id} = await resolveEdition(ledger.db, {site, name})
    const answer = await askService(cli, ledger, {service: 'newsletter', kind, payload: {edition: id, ...more}})
    const {people} = answer as {people: number}
    const edition = await withCounts(ledger.db, await resolveEdition(ledger.db, {name: id}))
    const whom = people === 0 ? 'nobody was left' : `${people} ${people === 1 ? 'delivery' : 'deliveries'}`
    await cli.write(`${whom}; “${edition.title}” (${id.slice(0, 8)}) is ${edition.state} now\n`)
  })
}
