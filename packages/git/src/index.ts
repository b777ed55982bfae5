export type {Change, Mirror, MirrorOptions, TreeEntry, WalkedCommit} from './mirror.ts'
