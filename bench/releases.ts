/**
 * What a release costs, beside Hugo, Eleventy and Astro with rclone on the same posts: one edit, one photo, a first
 * publish, another theme, and small files to S3. It says what is not installed, and goes on with the rest.
 *
 *     sh tools/run program bench/releases.ts [--sizes 100,1000,10000] [--runs 20] [--only edit,photo,theme,upload]
 *         [--places folder,S3] [--peers hugo,eleventy,astro] [--peer-runs 2] [--posts FOLDER] [--huge]
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {measureBroadside} from './releases/measure-broadside.ts'
import {measurePeer} from './releases/measure-peer.ts'
import {measureUpload} from './releases/measure-upload.ts'
import {installPeers} from './releases/peers.ts'
import {makePosts} from './releases/posts.ts'
import {printEdits, printFirst, printPhotos, printThemes, printUploads} from './releases/print-results.ts'
import type {Ours, Theirs} from './releases/print-results.ts'
import {startS3} from './releases/start-s3.ts'
import {rcloneVersion, type Target} from './releases/sync.ts'

const {values} = parseArgs({
  options: {
    sizes: {type: 'string', default: '100,1000,10000'},
    runs: {type: 'string', default: '20'},
    only: {type: 'string', default: 'edit,photo,theme,upload'},
    places: {type: 'string', default: 'folder,S3'},
    peers: {type: 'string', default: 'hugo,eleventy,astro'},
    'peer-runs': {type: 'string', default: '2'},
    posts: {type: 'string'},
    huge: {type: 'boolean', default: false},
  },
})
const list = (text: string): string[] => text.split(',').filter((word) => word !== '')
const only = list(values.only)
const places = list(values.places) as ('folder' | 'S3')[]
const sizes = [...list(values.sizes).map(Number), ...(values.huge ? [100_000] : [])]
const largest = Math.max(...sizes)
const folder = mkdtempSync(join(tmpdir(), 'broadside-bench-peers-'))

const smallFiles = 10_000
const ours: Ours[] = []
const theirs: Theirs[] = []

try {
  const rclone = await rcloneVersion()
  if (rclone === undefined) console.error('rclone is not installed: what the others build is not synced')
  const peers = await installPeers(folder, list(values.peers))
  console.error([`rclone ${rclone ?? '–'}`, ...peers.map(({name, version}) => `${name} ${version}`)].join(', '))
  for (const size of only.some((part) => part !== 'upload') ? sizes : []) {
    for (const place of places) {
      const posts = makePosts(size, values.posts)
      const edits = only.includes('edit') ? Number(values.runs) : 0
      // Photos cost the same whatever the site's size, so the ends of the scale tell it.
      const photos = only.includes('photo') ? Math.ceil(Number(values.runs) / 4) : 0
      const theme = only.includes('theme') && size === largest
      ours.push({size, place, result: await measureBroadside({posts, place, edits, photos, theme})})
      console.error(`Broadside, ${size} posts, ${place}: done`)
      for (const peer of peers) {
        const server = place === 'S3' ? await startS3() : undefined
        const target: Target =
          server === undefined
            ? {kind: 'folder', path: join(folder, 'live', peer.name)}
            : {kind: 'S3', prefix: peer.name.toLowerCase(), server}
        const plan = {posts, target: rclone === undefined ? undefined : target, theme}
        try {
          const result = await measurePeer(peer, {...plan, edits: edits === 0 ? 0 : Number(values['peer-runs'])})
          theirs.push({size, place, name: peer.name, result})
          console.error(`${peer.name}, ${size} posts, ${place}: done`)
        } catch (error) {
          console.error(`${peer.name}, ${size} posts, ${place}: ${(error as Error).message}`)
        } finally {
          await server?.stop()
          rmSync(join(folder, 'live'), {recursive: true, force: true})
        }
      }
    }
  }
  const uploads = only.includes('upload') ? await measureUpload(folder, smallFiles, rclone !== undefined) : []
  printEdits(ours, theirs)
  printPhotos(ours)
  printFirst(ours, theirs)
  printThemes(ours, theirs)
  printUploads(uploads, smallFiles)
} finally {
  rmSync(folder, {recursive: true, force: true})
}
process.exit(0)
