namespace Scorch.Digest.Tests;

/// <summary>Answers in the sources' documented formats, about people who do not exist.</summary>
internal static class Recorded
{
    public const string XFirst = """
        {
          "data": [
            {
              "id": "1900000000000000003", "author_id": "11", "created_at": "2031-05-06T10:00:00.000Z", "lang": "en",
              "text": "Scaling &amp; more https://t.co/AAAAAAAAAA 🎉 https://t.co/BBBBBBBBBB",
              "public_metrics": {"retweet_count": 40, "reply_count": 3, "like_count": 100, "quote_count": 2, "bookmark_count": 9, "impression_count": 5000},
              "entities": {"urls": [
                {"start": 19, "end": 42, "url": "https://t.co/AAAAAAAAAA", "expanded_url": "https://arxiv.org/abs/3105.00001", "display_url": "arxiv.org/abs/3105.00001"},
                {"start": 45, "end": 68, "url": "https://t.co/BBBBBBBBBB", "expanded_url": "https://x.com/ada/status/1900000000000000003/photo/1", "display_url": "pic.x.com/BBBBBBBBBB", "media_key": "3_1"}]}
            },
            {
              "id": "1900000000000000004", "author_id": "12", "created_at": "2031-05-06T11:00:00.000Z", "lang": "en",
              "text": "RT @ada: Scaling &amp; more https://t.co/AAAAAAAAAA…",
              "public_metrics": {"retweet_count": 40, "reply_count": 0, "like_count": 0, "quote_count": 0},
              "referenced_tweets": [{"type": "retweeted", "id": "1900000000000000003"}]
            }
          ],
          "includes": {
            "users": [{"id": "11", "name": "Ada Example", "username": "ada"}, {"id": "12", "name": "Ben Sample", "username": "ben"}],
            "tweets": [
              {
                "id": "1900000000000000003", "author_id": "11", "created_at": "2031-05-06T10:00:00.000Z", "lang": "en",
                "text": "Scaling &amp; more https://t.co/AAAAAAAAAA 🎉 https://t.co/BBBBBBBBBB",
                "public_metrics": {"retweet_count": 40, "reply_count": 3, "like_count": 100, "quote_count": 2},
                "entities": {"urls": [{"start": 19, "end": 42, "url": "https://t.co/AAAAAAAAAA", "expanded_url": "https://arxiv.org/abs/3105.00001", "display_url": "arxiv.org/abs/3105.00001"}]}
              }
            ]
          },
          "meta": {"newest_id": "1900000000000000004", "oldest_id": "1900000000000000003", "result_count": 2, "next_token": "b26v89c19zqg8o3f"}
        }
        """;

    public const string XSecond = """
        {
          "data": [
            {
              "id": "1900000000000000001", "author_id": "13", "created_at": "2031-05-06T00:30:00.000Z", "lang": "ar", "text": "ورقة https://t.co/CCCCCCCCCC https://t.co/DDDDDDDDDD",
              "public_metrics": {"retweet_count": 1, "reply_count": 0, "like_count": 2, "quote_count": 0},
              "entities": {"urls": [
                {"start": 5, "end": 28, "url": "https://t.co/CCCCCCCCCC", "expanded_url": "https://arxiv.org/pdf/3105.00002v2.pdf", "display_url": "arxiv.org/pdf/3105.00002…"},
                {"start": 29, "end": 52, "url": "https://t.co/DDDDDDDDDD", "expanded_url": "https://arxiv.org/abs/3105.00001", "display_url": "arxiv.org/abs/3105.00001"}]}
            }
          ],
          "includes": {"users": [{"id": "13", "name": "سارة", "username": "sara"}]},
          "meta": {"result_count": 1}
        }
        """;

    public const string Bluesky = """
        {
          "posts": [
            {
              "uri": "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3abcdefghij2k", "cid": "bafyreia",
              "author": {"did": "did:plc:abcdefghijklmnopqrstuvwx", "handle": "cleo.example.com", "displayName": "Cléo 🦋"},
              "record": {
                "$type": "app.bsky.feed.post", "createdAt": "2031-05-06T12:00:00.123Z", "langs": ["fr-CA"],
                "text": "Déjà 🎉 arxiv.org/abs/3105.0...\nvoilà",
                "facets": [
                  {"index": {"byteStart": 12, "byteEnd": 35}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://arxiv.org/abs/3105.00001"}]},
                  {"index": {"byteStart": 9000, "byteEnd": 9001}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://arxiv.org/abs/3105.00009"}]}
                ]
              },
              "replyCount": 1, "repostCount": 7, "likeCount": 30, "quoteCount": 2, "indexedAt": "2031-05-06T12:00:01.000Z"
            },
            {
              "uri": "at://did:plc:bcdefghijklmnopqrstuvwxy/app.bsky.feed.post/3abcdefghij2m", "cid": "bafyreib",
              "author": {"did": "did:plc:bcdefghijklmnopqrstuvwxy", "handle": "dan.example.com", "displayName": ""},
              "record": {
                "$type": "app.bsky.feed.post", "createdAt": "2031-05-06T13:00:00Z", "text": "A card.",
                "embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://arxiv.org/pdf/3105.00002", "title": "T", "description": "D"}}
              },
              "repostCount": 0, "likeCount": 0
            }
          ],
          "cursor": "2"
        }
        """;

    public const string BlueskyEnd = """{"posts": []}""";

    public const string MastodonFirst = """
        [
          {
            "id": "114000000000000009", "created_at": "2031-05-06T09:00:00.000Z", "language": "en", "uri": "https://social.example/users/eve/statuses/9", "url": "https://social.example/@eve/9",
            "content": "<p>New: <a href=\"https://arxiv.org/abs/3105.00002\" target=\"_blank\" rel=\"nofollow noopener\" translate=\"no\"><span class=\"invisible\">https://</span><span class=\"\">arxiv.org/abs/3105.00002</span><span class=\"invisible\"></span></a></p><p>Fun &lt;3 <a href=\"https://social.example/tags/arxiv\" class=\"mention hashtag\" rel=\"tag\">#<span>arxiv</span></a></p>",
            "reblogs_count": 12, "favourites_count": 20, "replies_count": 0, "reblog": null,
            "account": {"id": "1", "username": "eve", "acct": "eve", "display_name": "Eve <b>Example</b>"}
          },
          {
            "id": "114000000000000008", "created_at": "2031-05-06T08:00:00.000Z", "language": null, "uri": "https://other.example/users/fay/statuses/8", "url": null,
            "content": "", "reblogs_count": 0, "favourites_count": 0,
            "reblog": {
              "id": "114000000000000002", "created_at": "2031-05-05T08:00:00.000Z", "language": "de", "uri": "https://other.example/users/gus/statuses/2", "url": "https://other.example/@gus/2",
              "content": "<p>https://arxiv.org/abs/math/0309136</p>", "reblogs_count": 5, "favourites_count": 6, "account": {"id": "3", "acct": "gus@other.example", "display_name": "Gus"}
            },
            "account": {"id": "2", "username": "fay", "acct": "fay@other.example", "display_name": ""}
          }
        ]
        """;

    public const string MastodonSecond = """
        [
          {
            "id": "114000000000000001", "created_at": "2031-05-04T08:00:00.000Z", "language": "en", "uri": "https://social.example/users/eve/statuses/1", "url": "https://social.example/@eve/1",
            "content": "<p>https://arxiv.org/abs/3105.00003</p>", "reblogs_count": 1, "favourites_count": 1, "account": {"id": "1", "acct": "eve", "display_name": "Eve"}
          }
        ]
        """;

    public const string HackerNews = """
        {
          "hits": [
            {
              "objectID": "40000002", "author": "hal", "created_at": "2031-05-06T14:00:00Z", "created_at_i": 1935928800, "title": "A Survey & more", "url": "https://arxiv.org/abs/3105.00001v1",
              "points": 200, "num_comments": 90, "story_id": 40000002, "_tags": ["story", "author_hal", "story_40000002"]
            },
            {
              "objectID": "40000001", "author": "ida", "created_at": "2031-05-06T04:00:00Z", "created_at_i": 1935892800, "title": "Ask HN: text only", "url": null, "points": 3, "num_comments": 0
            }
          ],
          "nbHits": 2, "page": 0, "nbPages": 1, "hitsPerPage": 100, "exhaustiveNbHits": true
        }
        """;

    public const string HuggingFace = """
        [
          {
            "paper": {
              "id": "3105.00002", "title": "Two", "summary": "S", "upvotes": 33, "publishedAt": "2031-05-02T17:00:00.000Z", "submittedOnDailyAt": "2031-05-06T01:30:00.000Z",
              "authors": [{"_id": "1", "name": "Ann", "hidden": false}], "submittedOnDailyBy": {"_id": "9", "fullname": "Jo Doe", "user": "jo", "type": "user"}
            },
            "publishedAt": "2031-05-02T13:00:00.000Z", "title": "Two", "numComments": 2, "submittedBy": {"_id": "9", "fullname": "Jo Doe", "name": "jo", "type": "user"}
          },
          {"paper": {"id": "not-arxiv", "title": "Elsewhere", "upvotes": 5}, "publishedAt": "2031-05-02T13:00:00.000Z", "title": "Elsewhere"}
        ]
        """;
}
