export {buildFeed} from './build-feed.ts'
export {buildOpml, type FeedOutline} from './build-opml.ts'
export type {FeedAudio, FeedFile, FeedFormat, FeedItem, FeedModel, PodcastModel} from './feed-model.ts'
