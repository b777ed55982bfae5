import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {runMeasured, type Measured} from './run-measured.ts'
import {s3Credentials, startS3, type S3Server} from './start-s3.ts'
import {rclone} from './sync.ts'
import type {TreeUse} from './watch-tree.ts'

export type Upload = TreeUse & {by: string; tookMs: number; writes: number; reads: number}

type Way = {by: string; run: (files: string, server: S3Server) => Promise<TreeUse & {tookMs: number}>}

/** In turn, so that what else the machine does falls on all alike. */
const turns = 3

/**
 * So many files of 4 kB to an empty bucket: by what publisher uploads with, by a release, which keeps its books too, and
 * by rclone; the run of each that took the median of time.
 */
export async function measureUpload(folder: string, count: number, withRclone: boolean): Promise<Upload[]> {
  const files = join(folder, 'small-files')
  for (let n = 0; n < count; n += 1) {
    mkdirSync(join(files, `p${n}`), {recursive: true})
    writeFileSync(join(files, `p${n}`, 'index.html'), `<p>${n} `.padEnd(4_000, 'so it goes '))
  }
  const ways = [...ourWays, ...(withRclone ? [16, 64].map(rcloneWay) : [])]
  const uploads: Upload[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    for (const {by, run} of ways) {
      const server = await startS3()
      try {
        uploads.push({by, ...(await run(files, server)), ...(await server.counts())})
      } finally {
        await server.stop()
      }
    }
  }
  return ways.map(({by}) => {
    const runs = uploads.filter((upload) => upload.by === by).sort((one, other) => one.tookMs - other.tookMs)
    return runs[Math.floor(turns / 2)]!
  })
}

const ourWays: Way[] = [
  {by: 'Broadside, the puts alone', run: (files, server) => ours('../upload-files.ts', files, server)},
  {
    by: 'Broadside, as a release, once started',
    async run(files, server) {
      const {memory, stdout} = await ours('../upload-release.ts', files, server)
      return {memory, ...(JSON.parse(stdout) as {tookMs: number; cpuMs: number})}
    },
  },
]

function ours(program: string, files: string, {endpoint}: S3Server): Promise<Measured> {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const url = `s3://site/ours?endpoint=${endpoint}&region=eu-west-1`
  return runMeasured([process.execPath, path, files, url], {env: s3Credentials})
}

function rcloneWay(transfers: number): Way {
  return {
    by: `rclone, ${transfers} at once`,
    run(files, server) {
      const target = {kind: 'S3', prefix: 'rclone', server} as const
      // Nothing is there, so it need not look.
      return rclone('copy', files, target, ['--transfers', `${transfers}`, '--no-check-dest', '--s3-no-head'])
    },
  }
}
