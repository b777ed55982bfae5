export {caseFolded} from './case-folded.ts'
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
export {hookRecord, noteRefusedHook, type HookRecord} from './hook-record.ts'
export {appendEvents, countWaiting, markPublished, waitingEvents, type WaitingEvent} from './outbox.ts'
export {failureOf, replayDeadLetters} from './replay-dead-letters.ts'
export {newestOfBranch, pinOf, shownAt, shownBy} from './shown-revision.ts'
export {addMailCounts, editionTimes, mailCounts, type EditionTimes, type MailCount} from './mail-counts.ts'
export {keepTexts} from './keep-texts.ts'
export {openSiteView} from './site-view.ts'
export {stateIs} from './state-is.ts'
export {holdsAt, openEnd} from './version-range.ts'
export {approveHolds, newestFree, openHolds} from './holds.ts'
export {
  addressesInDoubt,
  keepOutputs,
  keptUpTo,
  manifestAt,
  manifestEntries,
  markInDoubt,
  recordPuts,
  recordRemovals,
} from './manifest.ts'
export {
  addressesPlannedAfter,
  isAnyOpen,
  nextOpenPart,
  openParts,
  outputsIn,
  outputsOfPart,
  planOutputs,
  settleOutputs,
  settlePuts,
} from './release-outputs.ts'
export {readyBackup, writeBackup} from './backup.ts'
export {armSending, disarmSending, whyDisarmed} from './sending.ts'
export {releaseFacts, type ReleaseFacts} from './release-facts.ts'
export {checkWhole} from './check-whole.ts'
export {mayHeal} from './may-heal.ts'
export {binariesAt, forgetImages, madeImages, type MadeImage} from './site-binaries.ts'
export {collectTexts, collectVersions, type CollectedHistory} from './collect-history.ts'
export {forgetLoose, looseBefore, namedBinaries, noteLoose, outputHashes} from './loose-binaries.ts'
export {addressesToPurge} from './addresses-to-purge.ts'
export {findReleaseOrRevision, listReleases, type ListedRelease} from './list-releases.ts'
export {
  changesBetween,
  checkFence,
  findRelease,
  lastLiveRelease,
  moveRelease,
  openRelease,
  releaseUnderWay,
  revisionToRelease,
  sitesToRelease,
  takeOverRelease,
  type ReleaseState,
} from './releases.ts'
export {
  diagnosticsOf,
  listRevisions,
  postsOfRevision,
  pushProgress,
  withCounts,
  type PushEdition,
  type PushPost,
  type PushProgress,
  type PushStage,
} from './push-progress.ts'
export {findImage, imageFilesOf, recordImage, recordImageFailure, recordImageFiles} from './images.ts'
export {askOnce, isAsked} from './ask-once.ts'
export {
  openRequest,
  requestOutcome,
  serveRequests,
  tellProgress,
  type RequestHandler,
  type RequestOutcome,
  type RequestProgress,
} from './requests.ts'
export {
  claimSearchIndex,
  confirmSearchFiles,
  doubtSearchFiles,
  dropSearchFiles,
  outdateSearchIndex,
  renewSearchClaim,
  searchFilesOf,
  searchIndexOf,
  searchWork,
  settleSearchIndex,
  type SearchClaim,
  type SearchIndexRow,
  type SearchWork,
} from './search-indexes.ts'
export {dropPreview, forgetPreview, previewsToClear} from './forget-preview.ts'
export {isRemoved} from './is-removed.ts'
export {ensurePreview, isPreviewed, listPreviews, ownerOf, readPreviewName, setPreviews} from './previews.ts'
export {checkClaims, domainsOf, isWithin, type SiteClaims} from './site-claims.ts'
export {
  addSite,
  changeSite,
  ensureSite,
  findSite,
  findSiteOrPreview,
  isActive,
  isPublic,
  listSites,
  setSiteState,
  type SiteChanges,
  type SiteRow,
  type SiteState,
} from './sites.ts'
export {
  dueDigests,
  editionsOfDigest,
  freezeDigestChunk,
  heldTogether,
  isDigestFrozen,
  openDigest,
  openDigests,
  peopleOfDigest,
  type DigestRow,
} from './digests.ts'
export {dueLastDigests, openLastDigest} from './last-digest.ts'
export {preferencesOf, savePreferences} from './preferences.ts'
export {consentsOf, keepConsent} from './consents.ts'
export {subscriberStory, type StoryLine} from './subscriber-story.ts'
export {importPeople, judgeImport, type ImportedPerson} from './import-people.ts'
export {
  countSubscribers,
  eraseSubscriber,
  findSubscriber,
  findSubscriberByAddress,
  isBackSince,
  listSubscribers,
  recordByAddress,
  recordById,
  type SubscriberChange,
  type SubscriberRow,
} from './subscribers.ts'
export {
  editionsToCarry,
  editionsToGo,
  findEdition,
  postOfEdition,
  hasAskedAbove,
  listEditions,
  moveEdition,
  openEdition,
  resolveEdition,
  type EditionRow,
  type EditionState,
} from './editions.ts'
export {
  beginSubmitting,
  claimDeliveries,
  deliveryCounts,
  exclusionCounts,
  endLeases,
  excludeWaiting,
  hasDueDelivery,
  hasOpenDelivery,
  nextDueAt,
  openDeliveryStates,
  releaseClaims,
  renewLeases,
  settleDeliveries,
  type Admitted,
  type DeliveryState,
  type Lease,
  type ReadyDelivery,
  type SettledDelivery,
} from './deliveries.ts'
export {backfireCounts, chooseCanaries} from './canary.ts'
export {lanesOf, sendingDayOf, writeLanes, writeSendingDay, type LaneRow} from './lanes.ts'
export {
  addLetter,
  beginLetter,
  endLetterLeases,
  lastLetterAt,
  lettersDue,
  raiseLetter,
  renewLetterLease,
  settleLetter,
  type LetterRow,
} from './letters.ts'
export {
  addMailReport,
  endWaiting,
  findMail,
  passingBounces,
  settleUncertain,
  waitingReports,
  type MailReportRow,
} from './mail-reports.ts'
export {formatReports, reportCounts} from './report-counts.ts'
export {
  claimEffect,
  dueEffects,
  effectsOfPush,
  endEffectLeases,
  nameEffect,
  settleEffect,
  writeEffects,
  type EffectRow,
  type EffectState,
  type NewEffect,
} from './effects.ts'
export {effectCursor, moveEffectCursor} from './effect-cursors.ts'
export {forgetPushAuthor, forgetPushAuthors, keepPushAuthor, writeToPushAuthor} from './push-authors.ts'
export {fixBoundary, freezeChunk} from './freeze-audience.ts'
export {moveSettledDeliveries} from './settled-deliveries.ts'
