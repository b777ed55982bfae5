import {askReplay, deadLetter, findSite, listDeadLetters, type DeadLetter} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {Command} from 'commander'
import type {Cli} from '../cli.ts'
import {formatTable} from '../format-table.ts'

type ListFlags = {site?: string; replayed?: boolean; json?: boolean}
type ReplayFlags = {all?: boolean; site?: string}

export function addDead(program: Command, cli: Cli): void {
  const dead = program
    .command('dead')
    .summary('look at messages and jobs that were given up, and have them tried again')
    .description('Messages and jobs that can never work as they are, each kept with its reason.')
    .addHelpText('after', '\nExample:\n  broadside dead list')
  dead
    .command('list')
    .description('lists those that wait, the newest first')
    .option('--site <site>', 'those of this site')
    .option('--replayed', 'also those that were put right')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  broadside dead list --site field-notes')
    .action((flags: ListFlags) => list(cli, flags))
  dead
    .command('show')
    .description('shows one as a whole')
    .argument('<id>', 'its number')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  broadside dead show 12')
    .action((id: string, flags: {json?: boolean}) => show(cli, id, flags))
  dead
    .command('replay')
    .description('asks whoever gave up to try again; it happens when that service runs')
    .argument('[id]', 'its number')
    .option('--all', 'all that wait')
    .option('--site <site>', 'with --all, those of this site')
    .addHelpText('after', '\nExamples:\n  broadside dead replay 12\n  broadside dead replay --all --site field-notes')
    .action((id: string | undefined, flags: ReplayFlags) => replay(cli, id, flags))
}

async function list(cli: Cli, {site, replayed = false, json}: ListFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    if (site !== undefined) await findSite(db, site)
    const letters = await listDeadLetters(db, {site, replayed})
    if (json === true) return cli.write(`${JSON.stringify(letters.map(toJson), null, 2)}\n`)
    if (letters.length === 0) return cli.say('nothing was given up')
    const rows = letters.map((letter) => [
      String(letter.id),
      new Date(letter.at).toISOString(),
      letter.site ?? '-',
      letter.name,
      stateOf(letter),
      letter.reason.replaceAll(/\s+/g, ' '),
    ])
    await cli.write(formatTable(rows))
  })
}

async function show(cli: Cli, given: string, {json}: {json?: boolean}): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const letter = await deadLetter(db, idOf(given))
    if (letter === undefined) throw unknown(given)
    if (json === true) return cli.write(`${JSON.stringify(toJson(letter), null, 2)}\n`)
    const {site, name, source, at, code, reason, body} = letter
    const lines = [
      `${letter.id} ${name}${site === null ? '' : ` of ${site}`}, given up by ${source} at ${new Date(at).toISOString()}, ${stateOf(letter)}`,
      `${code}: ${reason}`,
      '',
      body,
    ]
    await cli.write(`${lines.join('\n')}\n`)
  })
}

async function replay(cli: Cli, given: string | undefined, {all: isAll, site}: ReplayFlags): Promise<void> {
  if ((given === undefined) === (isAll !== true) || (given !== undefined && site !== undefined)) {
    throw new BroadsideError('invalid', 'dead.which', 'name one number, or give --all')
  }
  await cli.withLedger(async ({db}) => {
    if (given !== undefined && (await deadLetter(db, idOf(given))) === undefined) throw unknown(given)
    if (site !== undefined) await findSite(db, site)
    const all = site === undefined ? 'all' : {site}
    const asked = await askReplay(db, given === undefined ? all : idOf(given), cli.clock.now())
    const none = given === undefined ? 'nothing waits' : 'it was put right, or asked for, already'
    await cli.write(asked === 0 ? `${none}\n` : `${asked} asked for; broadside dead list shows what still waits\n`)
  })
}

function stateOf({replayedAt, replayAskedAt}: DeadLetter): string {
  if (replayedAt !== null) return 'put right'
  return replayAskedAt === null ? 'waits' : 'asked for'
}

function toJson(letter: DeadLetter) {
  const {id, site, source, name, code, reason, body, at} = letter
  return {id, site, source, name, state: stateOf(letter), code, reason, at: new Date(at).toISOString(), body}
}

function idOf(given: string): number {
  if (/^\d{1,15}$/.test(given)) return Number(given)
  throw new BroadsideError('invalid', 'dead.id', `${JSON.stringify(given)} is no number of one`)
}

function unknown(given: string): BroadsideError {
  return new BroadsideError('invalid', 'dead.unknown', `nothing with the number ${given} was given up`, {
    hint: 'broadside dead list --replayed shows those there are',
  })
}
