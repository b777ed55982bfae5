export type {
  AssetFile,
  Linkers,
  LiveMeta,
  LivePage,
  LivePost,
  Period,
  PeriodCount,
  Redirect,
  Shelf,
  SiteView,
  Term,
} from './site-view.ts'
export type {BuiltOutput, OutputHeaders, OutputKind, OutputSpec, SiteChanges} from './output.ts'
