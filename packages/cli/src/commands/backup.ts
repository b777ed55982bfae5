import {existsSync} from 'node:fs'
import {copyFile, readFile, rename, rm, stat, writeFile} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'
import {readyBackup, writeBackup} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {Command} from 'commander'
import {askService} from '../ask-service.ts'
import type {Cli} from '../cli.ts'
import {findLedgerPlace} from '../find-installation.ts'

export function addBackup(program: Command, cli: Cli): void {
  program
    .command('backup')
    .summary('write a copy of the ledger, while all goes on')
    .description(
      'Writes a whole copy of the ledger to a new file: sites, posts, subscribers, what was mailed, and the key that ' +
        'links in mails are signed with. It may be done at any time. The file holds addresses and a secret: keep it so.',
    )
    .argument('<file>', 'where to; nothing may be there')
    .addHelpText('after', '\nExample:\n  broadside backup /var/backups/notes-$(date +%F).db')
    .action((file: string) => backup(cli, resolve(cli.cwd, file)))
  program
    .command('restore')
    .summary('begin again from a copy that backup has written')
    .description(
      'Puts a copy of the ledger in its place. Stop all services first. What was mailed after the copy was made is not ' +
        'in it, so nothing is mailed until broadside arm. The site is put again where it is not as the copy says.',
    )
    .argument('<file>', 'a file that broadside backup has written')
    .option('--over', 'put aside the ledger that is there')
    .addHelpText('after', '\nExample:\n  broadside restore /var/backups/notes-2026-11-22.db --over')
    .action((file: string, flags: {over?: boolean}) => restore(cli, resolve(cli.cwd, file), flags))
  program
    .command('arm')
    .summary('let mail leave again, after a restore')
    .description('Ends what broadside restore began. Held and paused editions stay so, until somebody decides.')
    .addHelpText('after', '\nExample:\n  broadside newsletter list && broadside arm')
    .action(() => arm(cli))
}

async function backup(cli: Cli, file: string): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const tokenKey = await readFile(join(dirname(findLedgerPlace(cli).file), 'token-key'), 'utf8').catch(
      () => undefined,
    )
    await writeBackup(ledger, file, {madeAt: cli.clock.now(), tokenKey: tokenKey?.trim()})
    const {size} = await stat(file)
    await cli.write(`${file}: ${(size / 1_000_000).toFixed(1)} MB\n`)
    if (tokenKey === undefined) cli.say('TOKEN_KEYS of your environment are not in it: back them up as well')
  })
}

async function restore(cli: Cli, from: string, {over}: {over?: boolean}): Promise<void> {
  const {file, home, pid} = findLedgerPlace(cli)
  if (pid !== undefined && isAlive(pid)) {
    throw new BroadsideError('invalid', 'restore.running', `Broadside runs (process ${pid})`, {hint: 'Stop it first'})
  }
  if (existsSync(file) && over !== true) {
    throw new BroadsideError('invalid', 'restore.exists', `there is a ledger at ${file}`, {
      hint: '--over puts it aside',
    })
  }
  const aside = `${file}.restoring`
  await rm(aside, {force: true})
  await copyFile(from, aside).catch((cause: unknown) => {
    throw new BroadsideError('invalid', 'backup.broken', `cannot read ${from}`, {cause})
  })
  const {madeAt, tokenKey} = await readyBackup(aside).catch(async (error: unknown) => {
    for (const end of ['', '-wal', '-shm']) await rm(`${aside}${end}`, {force: true})
    throw error
  })
  // The log of the old ledger goes with it; beside the new one it would be read as its own.
  for (const end of ['', '-wal', '-shm']) {
    if (existsSync(`${file}${end}`)) await rename(`${file}${end}`, `${file}.before-restore${end}`)
  }
  // Numbers of revisions and releases come again, and messages under them are of another time; all are made anew.
  if (home === undefined) cli.say('Empty Redis and delete the stream BROADSIDE of NATS before you start')
  else for (const server of ['nats', 'redis']) await rm(join(home, server), {recursive: true, force: true})
  if (tokenKey !== undefined) await writeKey(join(dirname(file), 'token-key'), tokenKey)
  await rename(aside, file)
  await cli.write(`${file} is as of ${new Date(madeAt).toISOString()}\n`)
  cli.say('Nothing is mailed until: broadside arm. Look at broadside newsletter list first')
}

async function writeKey(file: string, key: string): Promise<void> {
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known?.trim() === key) return
  if (known !== undefined) await rename(file, `${file}.before-restore`)
  await writeFile(file, `${key}\n`, {mode: 0o600})
}

async function arm(cli: Cli): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const answer = await askService(cli, ledger, {service: 'newsletter', kind: 'arm', payload: {}})
    const {armed} = answer as {armed: boolean}
    await cli.write(armed ? 'mail leaves again\n' : 'nothing kept mail back\n')
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
