import type {BroadsideResult, Push} from './measure-broadside.ts'
import type {PeerResult} from './measure-peer.ts'
import type {Upload} from './measure-upload.ts'
import {megabytes, number, printTable, quantile, seconds} from './print-table.ts'

export type Place = {size: number; place: 'folder' | 'S3'}
export type Ours = Place & {result: BroadsideResult}
export type Theirs = Place & {name: string; result: PeerResult}

const where = ({size, place}: Place): string[] => [number(size), place]

export function printEdits(ours: Ours[], theirs: Theirs[]): void {
  const head = ['posts', 'to', 'by', 'seen p50', 'p95', 'live p50', 'p95', 'CPU', 'memory']
  printTable('One edited post, ms', head, [
    ...ours.flatMap(({result: {edits, editUse}, ...place}) =>
      edits.length === 0
        ? []
        : [
            [
              ...where(place),
              'Broadside',
              ...times(edits),
              number(editUse.cpuMs / edits.length),
              megabytes(editUse.memory),
            ],
          ],
    ),
    ...theirs.flatMap(({name, result: {edits}, ...place}) => {
      if (edits.length === 0) return []
      const took = edits.map(({tookMs}) => tookMs)
      const live = [number(quantile(took, 0.5)), number(quantile(took, 0.95))]
      const used = edits.map(({cpuMs}) => cpuMs)
      const cpu = number(quantile(used, 0.5))
      const memory = megabytes(Math.max(...edits.map(({memory}) => memory)))
      return [[...where(place), `${name}, rclone`, ...live, ...live, cpu, memory]]
    }),
  ])
  printMoved(
    'What one edited post moves',
    ours.map(({result, ...place}) => ({...place, pushes: result.edits})),
  )
}

export function printPhotos(ours: Ours[]): void {
  printTable(
    'One new post with a photo of 4,000 px, ms',
    ['posts', 'to', 'seen p50', 'p95', 'live p50', 'p95'],
    ours.flatMap(({result: {photos}, ...place}) => (photos.length === 0 ? [] : [[...where(place), ...times(photos)]])),
  )
  printMoved(
    'What it moves',
    ours.map(({result, ...place}) => ({...place, pushes: result.photos})),
  )
}

export function printFirst(ours: Ours[], theirs: Theirs[]): void {
  printTable(
    'First publish',
    ['posts', 'to', 'by', 'built', 'live', 'posts/s', 'CPU', 'memory', 'with search', 'CPU', 'memory'],
    [
      ...ours.map(({result: {first, found}, ...place}) => [
        ...where(place),
        'Broadside',
        '–',
        seconds(first.tookMs),
        number((place.size * 1_000) / first.tookMs),
        seconds(first.cpuMs),
        megabytes(first.memory),
        seconds(found.tookMs),
        seconds(found.cpuMs),
        megabytes(found.memory),
      ]),
      ...theirs.map(({name, result: {build, syncMs, search}, ...place}) => {
        const tookMs = build.tookMs + (syncMs ?? 0)
        return [
          ...where(place),
          name,
          seconds(build.tookMs),
          seconds(tookMs),
          number((place.size * 1_000) / tookMs),
          seconds(build.cpuMs),
          megabytes(build.memory),
          seconds(build.tookMs + search.tookMs + (search.syncMs ?? 0)),
          seconds(build.cpuMs + search.cpuMs),
          megabytes(Math.max(build.memory, search.memory)),
        ]
      }),
    ],
  )
}

export function printThemes(ours: Ours[], theirs: Theirs[]): void {
  const head = ['posts', 'to', 'by', 'live', 'CPU', 'memory']
  const row = (place: Place, name: string, tookMs: number, use: {cpuMs: number; memory: number}): string[] => [
    ...where(place),
    name,
    seconds(tookMs),
    seconds(use.cpuMs),
    megabytes(use.memory),
  ]
  printTable('Another theme', head, [
    ...ours.flatMap(({result: {theme}, ...place}) => (theme ? [row(place, 'Broadside', theme.liveMs, theme)] : [])),
    ...theirs.flatMap(({name, result: {theme}, ...place}) => (theme ? [row(place, name, theme.tookMs, theme)] : [])),
  ])
}

export function printUploads(uploads: Upload[], files: number): void {
  printTable(
    `Upload of ${number(files)} files of 4 kB to an empty prefix`,
    ['by', 'took', 'files/s', 'CPU', 'writes', 'reads', 'memory'],
    uploads.map(({by, tookMs, cpuMs, writes, reads, memory}) => [
      by,
      seconds(tookMs),
      number((files * 1_000) / tookMs),
      seconds(cpuMs),
      number(writes),
      number(reads),
      megabytes(memory),
    ]),
  )
}

function times(pushes: Push[]): string[] {
  const at = (of: (push: Push) => number, share: number): string => number(quantile(pushes.map(of), share))
  return [
    at(({seenMs}) => seenMs, 0.5),
    at(({seenMs}) => seenMs, 0.95),
    at(({liveMs}) => liveMs, 0.5),
    at(({liveMs}) => liveMs, 0.95),
  ]
}

/** The middle of each; what S3 is asked for the proof is in it. */
function printMoved(title: string, rows: (Place & {pushes: Push[]})[]): void {
  const head = ['posts', 'files', 'writes', 'kB written', 'reads', 'kB read']
  printTable(
    title,
    head,
    rows.flatMap(({size, place, pushes}) => {
      if (place !== 'S3' || pushes.length === 0) return []
      const middle = (of: (push: Push) => number): string => number(quantile(pushes.map(of), 0.5))
      return [
        [
          number(size),
          middle(({uploaded}) => uploaded),
          middle(({counts}) => counts.writes),
          middle(({counts}) => counts.bytesIn / 1_000),
          middle(({counts}) => counts.reads),
          middle(({counts}) => counts.bytesOut / 1_000),
        ],
      ]
    }),
  )
}
