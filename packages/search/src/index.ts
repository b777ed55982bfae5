export {entryName, indexVersion, searchEntry, type SearchSegment} from './search-entry.ts'
export {createSegmentBuilder, type SearchFile, type SegmentBuilder} from './segment-builder.ts'
export {searchScript} from './search-script.ts'
export {searchText, type SearchPost, type SearchText} from './search-text.ts'
