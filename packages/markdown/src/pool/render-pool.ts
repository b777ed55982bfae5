import type {Diagnostic} from '@broadside/content'
import type {Fragment, RenderOptions} from '../fragment.ts'

export type RenderJob = {source: string} & RenderOptions

type Refusal = {ok: false; diagnostic: Diagnostic}

/** The fragment as JSON, as a ledger keeps it. */
export type RenderedText = {ok: true; json: string} | Refusal

export type RenderResult = {ok: true; fragment: Fragment; json: string} | Refusal

export type RenderPoolOptions = {
  /** Most child processes at once. */
  size: number
  /** Wall time one document may take before its process is killed. Default 5,000. */
  budgetMs?: number
  /** UTF-8 bytes of source above which a document is refused unread. Default 5,000,000. */
  maxBytes?: number
  /** JavaScript heap of each child. Default 512. */
  memoryMb?: number
  /** How many documents a child renders before it ends and another takes its place. Default 20,000. */
  documents?: number
  /** Ms without a new document after which all children but one end. Default 1,000. */
  idleMs?: number
  /** Documents after which a child that has nothing to do gives way to a new one, which holds half as much. Default 1,000. */
  restAfter?: number
}

/** Renders documents in processes that can be killed, so that no document can take the host down with it. */
export type RenderPool = {
  /**
   * Renders one document. What the document is guilty of (too large, too slow, a crash) comes back as a diagnostic;
   * rejects only when the pool is closed (`markdown.pool-closed`) or no child can be started (`markdown.pool-broken`).
   * Pure: asking twice gives the same answer.
   */
  render(job: RenderJob): Promise<RenderResult>
  /**
   * Starts a child ahead of the first job; resolves once all there are are ready, rejects with `markdown.pool-broken`
   * when one does not come up. A repeat starts one only when none is left.
   */
  warm(): Promise<void>
  /** Kills the children and rejects what is under way. A repeat does nothing. */
  close(): Promise<void>
  /** Process ids of the living children, for logs and tests. */
  pids(): number[]
}
