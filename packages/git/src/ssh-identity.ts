import {mkdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

/** What ssh is given instead of the keys of whoever runs us. */
export type SshIdentity = {
  /** A private key without a passphrase, in OpenSSH's or PEM format. */
  key: string
  /** Lines of a `known_hosts`; without them the host must be known to whoever runs us. */
  knownHosts?: string | undefined
}

/**
 * Writes the key where ssh can read it and nobody else, in `dir`, which is made anew, and gives the command for git.
 * Hosts that are not known are refused and nothing is asked, since nobody is there to answer.
 */
export async function writeSshIdentity(dir: string, {key, knownHosts}: SshIdentity): Promise<string> {
  await removeSshIdentity(dir)
  await mkdir(dir, {recursive: true, mode: 0o700})
  // Programs that trim a mounted secret take the line break that ssh asks for.
  await writeFile(join(dir, 'key'), `${key.trimEnd()}\n`, {mode: 0o600})
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'IdentitiesOnly=yes', 'ConnectTimeout=20']
  if (knownHosts !== undefined) {
    await writeFile(join(dir, 'known_hosts'), `${knownHosts.trimEnd()}\n`, {mode: 0o600})
    options.push(`UserKnownHostsFile=${join(dir, 'known_hosts')}`, 'GlobalKnownHostsFile=/dev/null')
  }
  return ['ssh', '-i', quote(join(dir, 'key')), ...options.flatMap((option) => ['-o', quote(option)])].join(' ')
}

export async function removeSshIdentity(dir: string): Promise<void> {
  await rm(dir, {recursive: true, force: true})
}

/** Git hands the command to a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
