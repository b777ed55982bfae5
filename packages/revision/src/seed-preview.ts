import {newestOfBranch, type Ledger} from '@broadside/ledger'
import {inChunks} from './in-chunks.ts'

/** A commit that no repository has: what follows it is compared with memory instead of walked to. */
const lostCommit = '0'.repeat(40)

/** What a site remembers of its posts and of who has a name. */
const remembered = ['posts', 'post_addresses', 'waiting_pages'] as const

/**
 * Gives a preview that has accepted nothing yet what its site remembers: the ids of posts, when they were born, the
 * addresses they have had and who has them, the last good settings and theme. It stands under a revision that nobody
 * renders or releases, and the branch's first is compared with it. Nothing of the site is written. A repeat, also after
 * half of it, begins anew; where the preview has a revision it does nothing.
 */
export async function seedPreview(ledger: Ledger, site: string, preview: string): Promise<void> {
  const {db} = ledger
  const newest = await newestOfBranch(db, site)
  if (newest === undefined || (await newestOfBranch(db, preview)) !== undefined) return
  for (const table of remembered) {
    const rows = await db
      .selectFrom(table as 'posts')
      .selectAll()
      .where('site', '=', site)
      .execute()
    await db
      .deleteFrom(table as 'posts')
      .where('site', '=', preview)
      .execute()
    // One short transaction after another: a large site holds nobody else up.
    for (const chunk of inChunks(rows.map((row) => ({...row, site: preview})))) {
      await db
        .insertInto(table as 'posts')
        .values(chunk)
        .execute()
    }
  }
  await db
    .insertInto('revisions')
    .values({...newest, site: preview, commit_id: lostCommit, state: 'copied', summary: '{}'})
    .onConflict((c) => c.doNothing())
    .execute()
}
