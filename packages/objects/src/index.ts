export {createPace} from './create-pace.ts'
export type {Pace, PaceOptions} from './create-pace.ts'
export {contentTypeOf} from './content-type.ts'
export {cacheControlOf, cacheKindOf, defaultHeaders, sameHeaders} from './default-headers.ts'
export type {CacheKind} from './default-headers.ts'
export type {
  CallOptions,
  Capabilities,
  ListedObject,
  ObjectHead,
  ObjectHeaders,
  Objects,
  PutOptions,
  StoredObject,
} from './objects.ts'
export {parseObjectsUrl} from './objects-url.ts'
export type {ObjectsPlace, S3Place} from './objects-url.ts'
export {openObjects} from './open-objects.ts'
export type {OpenObjectsOptions} from './open-objects.ts'
export {objectsSiteConfig, openSiteObjects} from './open-site-objects.ts'
export type {SiteObjectsOptions} from './open-site-objects.ts'
