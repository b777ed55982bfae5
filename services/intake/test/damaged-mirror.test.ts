import {chmod, open, readdir, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {gitHubPush, openBed} from './start-intake.ts'

test('a mirror whose packs are damaged is made anew, and the next push goes on', async () => {
  const bed = await openBed()
  onTestFinished(bed.remove)
  await bed.repo.write({'posts/tides.md': '---\ntitle: Tides\ndate: 2026-11-02\n---\n\nText.\n'})
  const first = await bed.repo.commit()
  await bed.repo.push()
  await bed.start()
  await bed.accepted(first)

  const packs = join(bed.mirrorsDir, 'notes.git', 'objects', 'pack')
  const before = (await stat(join(bed.mirrorsDir, 'notes.git'))).ino
  const names = (await readdir(packs)).filter((name) => name.endsWith('.pack'))
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) await overwrite(join(packs, name))

  await bed.repo.write({'posts/tides.md': '---\ntitle: Tides and winds\ndate: 2026-11-02\n---\n\nMore text.\n'})
  const second = await bed.repo.commit()
  await bed.repo.push()
  await fetch(`${bed.hooksUrl()}/hooks/notes`, gitHubPush(second))
  await bed.accepted(second)
  expect((await stat(join(bed.mirrorsDir, 'notes.git'))).ino).not.toBe(before)
})

/** Overwrites a pack behind its header, where its objects are. */
async function overwrite(path: string): Promise<void> {
  await chmod(path, 0o644)
  const file = await open(path, 'r+')
  const {size} = await file.stat()
  await file.write(Buffer.alloc(Math.max(1, size - 40), 0xa5), 0, undefined, 12)
  await file.close()
}
