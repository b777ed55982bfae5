export {buildFeed} from './build-feed.ts'
export type {FeedFormat, FeedItem, FeedModel} from './feed-model.ts'
