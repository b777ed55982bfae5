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
