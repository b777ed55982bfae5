import {mkdirSync} from 'node:fs'
import {runMeasured, type Measured} from './run-measured.ts'
import {s3Credentials, type S3Server} from './start-s3.ts'

/** Where a site goes: a folder, or a prefix of the S3 server's bucket. */
export type Target = {kind: 'folder'; path: string} | {kind: 'S3'; prefix: string; server: S3Server}

/** rclone's version, or undefined where it is not installed. */
export async function rcloneVersion(): Promise<string | undefined> {
  return runMeasured(['rclone', 'version']).then(
    ({stdout}) => /v[\d.]+/.exec(stdout)?.[0] ?? '',
    () => undefined,
  )
}

/** Makes the target the same as a folder. By checksums: generators write all files anew, so times tell nothing. */
export function rclone(
  verb: 'sync' | 'copy',
  folder: string,
  target: Target,
  options: string[] = ['--checksum', '--fast-list', '--transfers', '16', '--checkers', '16'],
): Promise<Measured> {
  if (target.kind === 'folder') {
    mkdirSync(target.path, {recursive: true})
    return runMeasured(['rclone', verb, folder, target.path, ...options])
  }
  const s3 = ['--s3-provider', 'Other', '--s3-endpoint', target.server.endpoint, '--s3-env-auth']
  const where = [...s3, '--s3-region', 'eu-west-1', '--s3-no-check-bucket']
  // rclone 1.60 stumbles over a bundle of certificates of one's own.
  const env = {...s3Credentials, AWS_CA_BUNDLE: undefined}
  return runMeasured(['rclone', verb, folder, `:s3:site/${target.prefix}`, ...where, ...options], {env})
}
