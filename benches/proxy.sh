#!/usr/bin/env bash
# Compares what a client of EWS gets through `proxy` with what it gets without it: many small answers at once, one large
# attachment read, and one written, in turn, against a sandbox that takes 20 ms a call.
# Usage: benches/proxy.sh [WMROLE]    (default: target/release/wmrole)
#        LATENCY=20 CLIENTS=8 CALLS=800 MIB=100 ROUNDS=5 benches/proxy.sh
# At least 0.90 of the calls are wanted. The large attachments go over loopback, which is faster than any network: read
# the speed beside the ratio.
set -euo pipefail
wmrole=$(realpath "${1:-$(dirname "$0")/../target/release/wmrole}")
latency=${LATENCY:-20} clients=${CLIENTS:-8} calls=${CALLS:-800} mib=${MIB:-100} rounds=${ROUNDS:-5}
home=$(mktemp -d)
started=()
end() {
  for process in "${started[@]}"; do
    kill "$process" 2>/dev/null || true
    wait "$process" || true
  done
  rm -rf "$home"
}
trap end EXIT
cd "$home"
unset WMROLE_SANDBOX WMROLE_ORGANIZATION
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret XDG_STATE_HOME=$home
"$wmrole" --quiet sandbox init mail.json --users 1 --messages 1 --attachment-size $((mib << 20))

serve() { # serve what-it-says wmrole-arguments…; leaves its first line in `address`
  mkfifo url
  "$wmrole" "${@:2}" >url 2>"$1" &
  started+=($!)
  read -r address <url
  rm url
}
serve sandbox sandbox serve --state mail.json --latency "$latency"
service=$address
"$wmrole" --endpoint-url "$service" assume 'Role 02' >token 2>/dev/null
serve said --endpoint-url "$service" proxy 'Role 02' --as user0001@example.com
# The line follows the address
while ! grep -q password said; do
  kill -0 "${started[1]}"
  sleep 0.1
done
sed -n 's/.*password, .*: //p' said >password

cat >measure.py <<'PYTHON'
import base64, concurrent.futures, http.client, re, statistics, sys, time
from urllib.parse import urlsplit

service, proxy, clients, calls, mib, rounds = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
with open("token", encoding="utf-8") as token, open("password", encoding="utf-8") as password:
    ways = {"direct": (f"{service}/EWS/Exchange.asmx", token.read().strip()), "proxy": (proxy, password.read().strip())}
types = "http://schemas.microsoft.com/exchange/services/2006/types"
head = (
    f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="{types}" '
    f'xmlns:m="{types.replace("types", "messages")}"><s:Header><t:RequestServerVersion Version="Exchange2010_SP2"/>'
    "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>user0001@example.com</t:PrimarySmtpAddress>"
    "</t:ConnectingSID></t:ExchangeImpersonation></s:Header><s:Body>"
)


def ask(way, operation, connection=None):
    """The end of the answer, and how long it was."""
    url, secret = ways[way]
    url = urlsplit(url)
    connection = connection or http.client.HTTPConnection(url.hostname, url.port, timeout=600)
    headers = {"Content-Type": "text/xml", "Authorization": f"Bearer {secret}"}
    connection.request("POST", url.path, f"{head}{operation}</s:Body></s:Envelope>".encode(), headers)
    answer = connection.getresponse()
    last, length = b"", 0
    while piece := answer.read(1 << 18):
        last, length = (last + piece)[-4096:], length + len(piece)
    if answer.status != 200 or b"Envelope>" not in last:
        sys.exit(f"{way}: HTTP {answer.status} {last}")
    return last.decode(), length


def one(name, ids, rest=""):
    return f"<m:{name}>{rest}{ids}</m:{name}>"


shape = "<m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
inbox = '<m:ParentFolderIds><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds>'
found, _ = ask("direct", one("FindItem", inbox, shape).replace("<m:FindItem>", '<m:FindItem Traversal="Shallow">'))
item = re.search(r'ItemId Id="([^"]+)', found)[1]
get_item = one("GetItem", f'<m:ItemIds><t:ItemId Id="{item}"/></m:ItemIds>', shape)
attachment = re.search(r'AttachmentId Id="([^"]+)', ask("direct", get_item)[0])[1]
read = one("GetAttachment", f'<m:AttachmentIds><t:AttachmentId Id="{attachment}"/></m:AttachmentIds>')
content = base64.b64encode(bytes(range(256)) * 4096).decode() * (mib // 4)
file = f"<t:FileAttachment><t:Name>large</t:Name><t:Content>{content}</t:Content></t:FileAttachment>"
write = one("CreateAttachment", f"<m:Attachments>{file}</m:Attachments>", f'<m:ParentItemId Id="{item}"/>')


def many(way):
    def client(_):
        url = urlsplit(ways[way][0])
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=600)
        for _ in range(calls // clients):
            ask(way, get_item, connection)

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))


def compared(what, amount, unit, run):
    seconds = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            start = time.monotonic()
            run(way)
            seconds[way].append(time.monotonic() - start)
    direct, proxied = (statistics.median(seconds[way]) for way in ways)
    print(f"{what}: {amount / direct:.0f} {unit}/s direct, {amount / proxied:.0f} through the proxy: {direct / proxied:.2f}")


compared(f"{calls} GetItem, {clients} at once", calls, "calls", many)
compared(f"GetAttachment of {mib} MiB", mib, "MiB", lambda way: ask(way, read))
compared(f"CreateAttachment of {mib // 4} MiB", mib // 4, "MiB", lambda way: ask(way, write))
PYTHON

echo "$latency ms a call, median of $rounds rounds in turn"
python3 measure.py "$service" "$address" "$clients" "$calls" "$mib" "$rounds"
awk '/^VmHWM/ { printf "the proxy had at most %.0f MiB\n", $2 / 1024 }' "/proc/${started[1]}/status"
