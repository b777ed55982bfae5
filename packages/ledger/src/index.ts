export {openLedger, type Db, type Ledger} from './open-ledger.ts'
export type * from './tables.ts'
export {
  addDeadLetter,
  askReplay,
  countDeadLetters,
  deadLetter,
  lettersToReplay,
  listDeadLetters,
  markReplayed,
  markReplayFailed,
  type DeadLetter,
  type NewDeadLetter,
} from './dead-letters.ts'
export {appendEvents, countWaiting, markPublished, waitingEvents, type WaitingEvent} from './outbox.ts'
export {failureOf, replayDeadLetters} from './replay-dead-letters.ts'
export {openSiteView} from './site-view.ts'
export {holdsAt, openEnd} from './version-range.ts'
export {
  addressesInDoubt,
  addressesPlannedAfter,
  manifestAt,
  manifestEntries,
  markInDoubt,
  openParts,
  outputsIn,
  outputsOfPart,
  planOutputs,
  recordPuts,
  recordRemovals,
  settleOutputs,
} from './manifest.ts'
export {
  changesBetween,
  checkFence,
  findRelease,
  lastLiveRelease,
  moveRelease,
  newestRendered,
  openRelease,
  releaseUnderWay,
  sitesToRelease,
  type ReleaseState,
} from './releases.ts'
export {openRequest, requestOutcome, serveRequests, type RequestHandler, type RequestOutcome} from './requests.ts'
export {ensureSite, findSite, listSites, type SiteRow} from './sites.ts'
