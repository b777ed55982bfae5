import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {runMeasured} from './run-measured.ts'
import {s3Credentials, startS3} from './start-s3.ts'
import {rclone} from './sync.ts'
import type {TreeUse} from './watch-tree.ts'

export type Upload = TreeUse & {by: string; tookMs: number; writes: number; reads: number}

/** So many files of 4 kB to an empty prefix of one server: by what publisher uploads with, and by rclone. */
export async function measureUpload(folder: string, count: number, withRclone: boolean): Promise<Upload[]> {
  const files = join(folder, 'small-files')
  for (let n = 0; n < count; n += 1) {
    mkdirSync(join(files, `p${n}`), {recursive: true})
    writeFileSync(join(files, `p${n}`, 'index.html'), `<p>${n} `.padEnd(4_000, 'so it goes '))
  }
  const server = await startS3()
  const uploads: Upload[] = []
  const program = fileURLToPath(new URL('../upload-files.ts', import.meta.url))
  try {
    const ours = `s3://site/ours?endpoint=${server.endpoint}&region=eu-west-1`
    const run = await runMeasured([process.execPath, program, files, ours], {env: s3Credentials})
    uploads.push({by: 'Broadside', ...run, ...(await server.counts())})
    for (const transfers of withRclone ? ['16', '64'] : []) {
      const target = {kind: 'S3', prefix: `rclone-${transfers}`, server} as const
      // Nothing is there, so it need not look.
      const options = ['--transfers', transfers, '--no-check-dest', '--s3-no-head']
      const run = await rclone('copy', files, target, options)
      uploads.push({by: `rclone, ${transfers} at once`, ...run, ...(await server.counts())})
    }
    return uploads
  } finally {
    await server.stop()
  }
}
