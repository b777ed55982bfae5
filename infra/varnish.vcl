vcl 4.1;

# Varnish in front of a site of Broadside's, told what has changed:
#
#   BROADSIDE_SITE_FIELD_NOTES_CDN_URL=purge+http://varnish:6081
#
# PURGE forgets one address, BAN all that X-Host and X-Url match. Pages and feeds are kept here for a week, since they are
# purged when they change; browsers go on asking each time, as the headers of the site say.

# The web server that serves the site.
backend default {
  .host = "127.0.0.1";
  .port = "8080";
}

# Where publisher runs.
acl purgers {
  "localhost";
  "10.0.0.0"/8;
  "172.16.0.0"/12;
  "192.168.0.0"/16;
}

sub vcl_recv {
  if (req.method == "PURGE" || req.method == "BAN") {
    if (client.ip !~ purgers) {
      return (synth(403, "Not from here"));
    }
    if (req.method == "PURGE") {
      return (purge);
    }
    ban("obj.http.x-host ~ " + req.http.X-Host + " && obj.http.x-url ~ " + req.http.X-Url);
    return (synth(200, "Banned"));
  }
  # Publisher proves what readers get, and asks past what is kept for browsers alone.
  unset req.http.Cookie;
}

sub vcl_backend_response {
  # For bans, which look at what is kept and not at who asks.
  set beresp.http.x-host = bereq.http.host;
  set beresp.http.x-url = bereq.url;
  if (beresp.status == 200 || beresp.status == 404 || beresp.status == 410) {
    set beresp.ttl = 1w;
  }
}

sub vcl_deliver {
  unset resp.http.x-host;
  unset resp.http.x-url;
}
