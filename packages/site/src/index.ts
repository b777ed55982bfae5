export {createUrls, isReserved, keyOf, normaliseAddress, pageAddress, postAddress, type Urls} from './addresses.ts'
export {affectedOutputs, type AffectedInput} from './affected-outputs.ts'
export {allOutputs} from './all-outputs.ts'
export {createArrayView, type ArrayViewInput} from './array-view.ts'
export {brokenLinks, brokenRedirects, type LinkSource} from './broken-links.ts'
export {buildOutput} from './build-output.ts'
export {diffViews, type OutputDifference} from './diff-views.ts'
export {imagePlaces, type ImagePlace} from './image-places.ts'
export {linksToCheck} from './links-to-check.ts'
export {filedUnder, linkTargets} from './link-targets.ts'
export {livePage, livePost} from './live-post.ts'
export {localDay} from './local-day.ts'
export type {BuiltOutput, OutputHeaders, OutputKind, OutputSpec, SiteChanges} from './output.ts'
export {
  buildSearchIndex,
  buildSearchSegment,
  searchFile,
  searchPeriods,
  touchedPeriods,
  type SearchPeriod,
} from './search-index.ts'
export {specOf, waveOf, type Wave} from './output-spec.ts'
export {keepNearbyPosts} from './nearby-posts.ts'
export {addressOf, placeOf, type Place} from './place.ts'
export {mailImageSizes} from './mail-image-sizes.ts'
export {renderBody} from './render-body.ts'
export {contentAt, existsAt, goneAt, resolveRef, type ResolvedRef} from './resolve-ref.ts'
export {themeOf} from './site-context.ts'
export type {
  AssetFile,
  Linkers,
  ListShelf,
  LiveMeta,
  LivePage,
  LivePost,
  Neighbours,
  Period,
  PeriodCount,
  Redirect,
  Shelf,
  SiteView,
  Term,
  TermKind,
} from './site-view.ts'
export {createSuggester, type Suggest} from './suggest-target.ts'
export {termKey, termsOf} from './term-key.ts'
