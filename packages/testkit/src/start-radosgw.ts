import {execFile, spawn, type ChildProcess} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {once} from 'node:events'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {freePort, type RadosgwPrograms} from '@broadside/servers'
import {cephConfig} from './ceph-config.ts'
import {until} from './until.ts'

export type Radosgw = {port: number; close: () => Promise<void>}

const run = promisify(execFile)
const readyMs = 60_000

const monitorRights = ['--cap', 'mon', 'allow *']
const adminRights = [...monitorRights, '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *']
const storeRights = ['--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *']

/** Ceph's S3 server with a user who has these keys, and the monitor and the store that it needs: in memory, on loopback. */
export async function startRadosgw(
  {binOf, env: own, libraries}: RadosgwPrograms,
  {accessKeyId, secretAccessKey}: {accessKeyId: string; secretAccessKey: string},
): Promise<Radosgw> {
  const home = await mkdtemp(join(tmpdir(), 'broadside-radosgw-'))
  const config = join(home, 'ceph.conf')
  const cluster = randomUUID()
  const monitorPort = await freePort()
  const s3Port = await freePort()
  const env = {...process.env, ...own}
  const prepare = (name: string, ...args: string[]) =>
    run(binOf(name), ['-c', config, ...args], {env, timeout: readyMs, maxBuffer: 2 ** 26})
  const started: {child: ChildProcess; ended: Promise<unknown>}[] = []
  let said = ''

  function start(name: string, ...args: string[]): void {
    // Should this process be killed, the kernel ends it.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', binOf(name), '-c', config, ...args, '-f'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr.on('data', (text: Buffer) => (said = `${said}${text.toString()}`.slice(-4_000)))
    started.push({child, ended: once(child, 'exit')})
  }

  async function close(): Promise<void> {
    // The store and the S3 server would wait for a monitor that is gone.
    for (const {child, ended} of started.toReversed()) {
      child.kill('SIGKILL')
      await ended
    }
    await rm(home, {recursive: true, force: true})
  }

  const keyring = join(home, 'keyring')
  const monitors = join(home, 'monitors')
  const stores = join(home, 'stores')
  try {
    await writeFile(config, cephConfig({home, libraries, cluster, monitorPort, s3Port}))
    for (const folder of ['monitor', 'store']) await mkdir(join(home, folder))
    await prepare('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', ...monitorRights)
    await prepare('ceph-authtool', keyring, '--gen-key', '-n', 'client.admin', ...adminRights)
    // The monitor takes over the keys of its first start, so that the store's has to be among them.
    await prepare('ceph-authtool', keyring, '--gen-key', '-n', 'osd.0', ...storeRights)
    const address = `[v2:127.0.0.1:${monitorPort}]`
    await prepare('monmaptool', '--create', '--addv', 'a', address, '--fsid', cluster, monitors)
    await prepare('osdmaptool', '--createsimple', '1', stores)
    await prepare('ceph-mon', '-i', 'a', '--mkfs', '--monmap', monitors, '--keyring', keyring, '--osdmap', stores)
    await prepare('ceph-osd', '--no-mon-config', '-i', '0', '--mkfs', '--osd-uuid', randomUUID())
    start('ceph-mon', '-i', 'a')
    start('ceph-osd', '--no-mon-config', '-i', '0')
    const user = ['--uid', 'test', '--display-name', 'Test']
    await prepare(
      'radosgw-admin',
      'user',
      'create',
      ...user,
      '--access-key',
      accessKeyId,
      '--secret-key',
      secretAccessKey,
    )
    start('radosgw', '--no-mon-config', '-n', 'client.admin')
    const isThere = async () => (await fetch(`http://127.0.0.1:${s3Port}/`)).status > 0
    await until('the S3 server answers', isThere, {withinMs: readyMs})
  } catch (cause) {
    await close()
    throw new Error(`radosgw cannot be started; it said:\n${said}`, {cause})
  }
  return {port: s3Port, close}
}
