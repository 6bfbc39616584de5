"""One session at one server: requests, answers, and what can go wrong between them."""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import UaStatusCodeError

from wellhead import sdk
from wellhead_scada_opcua.certificates import SecurityRefused
from wellhead_scada_opcua.client import OpcUaClient
from wellhead_scada_opcua.messages import decode_elements, decode_read
from wellhead_scada_opcua.secure import Security
from wellhead_scada_opcua.status import name_of

log = structlog.get_logger(__name__)

_POLITE_S = 0.2
"""Seconds that a server may take to hear that we leave."""
_LIMITS = {
    "read": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    "history": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryReadData,
    "browse": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
    "monitor": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
    "translate": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerTranslateBrowsePathsToNodeIds,  # noqa: E501
}
_SLOW = "Check how the server is doing, and whether it needs a longer timeout"
_NO_SUCH_ENDPOINT = "No matching endpoints"
"""How asyncua's error begins when the server lists none of the wanted policy and mode."""
_REFUSES_USER = ("BadIdentityTokenRejected", "BadIdentityTokenInvalid", "BadUserAccessDenied")
_REFUSES_CLIENT = ("BadSecurityChecksFailed", "BadCertificate")
_SESSION_IS_GONE = (
    "BadSessionIdInvalid",
    "BadSessionClosed",
    "BadSecureChannelIdInvalid",
    "BadSecureChannelClosed",
    "BadServerHalted",
    "BadShutdown",
)


class ServiceFault(sdk.DeviceError):
    """The server refused a whole request. name: of its status code"""

    def __init__(self, code: int, request: str) -> None:
        self.code = code
        self.name = name_of(code)
        super().__init__(f"the server refused {request}: {self.name}")


class Channel:
    """Opened once, used until it fails. Everything raises DeviceError.

    namespaces: the server's namespace URIs, by index
    heard: loop time of the last answer
    """

    def __init__(self, device: sdk.DeviceSpec, dialer: sdk.Dialer) -> None:
        self.device = device
        self.namespaces: Sequence[str] = ()
        self.heard = 0.0
        self._dialer = dialer
        self._client: OpcUaClient | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._limits: dict[str, int] = {}

    async def open(self) -> None:
        """Connect and log in, all of it within the device's time-out. Raises DeviceError."""
        try:
            async with asyncio.timeout(self.device.timeout):
                await self._open()
        except TimeoutError:
            if self._client is None or self._client.protocol is None:
                raise self._unreachable("no connection in time") from None
            seconds = f"{self.device.timeout:g} s"
            raise sdk.DeviceTimeout(
                f"connected, but no session within {seconds}", remedy=_SLOW
            ) from None

    async def _open(self) -> None:
        host, port = self.device.options["host"], self.device.options["port"]
        address = await self._dialer.resolve(host, port)
        security = Security(self.device)
        client = OpcUaClient(self.device, str(address), await security.prepare())
        self._client = client
        try:
            await security.agree(client)
            await client.connect_socket()
            await client.send_hello()
            await client.open_secure_channel()
            await client.create_session()
            await security.log_in(client)
        except (sdk.DeviceError, TimeoutError, asyncio.CancelledError):
            raise
        except UaStatusCodeError as error:
            raise self._refused(error.code) from error
        except OSError as error:
            raise client.problem or self._unreachable(str(error) or "refused") from error
        except Exception as error:  # isolates: asyncua's decoder raises whatever comes up
            if str(error).startswith(_NO_SUCH_ENDPOINT):
                raise self._not_offered() from error
            raise client.problem or _nonsense("the handshake", error) from error
        self._renewal = asyncio.create_task(self._renew(client))
        await self._learn()

    async def _learn(self) -> None:
        """The server's namespaces, and how much one request may ask for."""
        wanted = [ua.ObjectIds.Server_NamespaceArray, *_LIMITS.values()]
        answer = await self.ask(read_request(map(ua.NodeId, wanted)))
        self.namespaces = [str(one) for one in decode_elements(answer, len(wanted))[0]]
        limits = decode_read(answer, len(wanted)).values[1:].tolist()
        own = self.device.options["items_per_request"]
        for name, limit in zip(_LIMITS, limits, strict=True):
            self._limits[name] = min(own, int(limit)) if limit >= 1 else own

    def limit(self, service: str) -> int:
        """Nodes that one request of "read", "history", "browse", "monitor" or "translate" may
        name."""
        return self._limits[service]

    async def close(self) -> None:
        """Say good-bye, without waiting for more than an instant, and close the socket."""
        if self._renewal is not None:
            self._renewal.cancel()
        client, self._client = self._client, None
        if client is None:
            return
        try:
            protocol = client.protocol
            if protocol is not None and not protocol.is_closed and client.uaclient.has_session:
                leave = asyncio.ensure_future(
                    protocol.send_request(ua.CloseSessionRequest(DeleteSubscriptions=True))
                )
                done, _ = await asyncio.wait({leave}, timeout=_POLITE_S)
                if not done:
                    leave.cancel()
                elif not leave.cancelled():
                    leave.exception()
        finally:
            client.abort()
            await asyncio.sleep(0)  # the transport closes its socket in the loop's next turn

    # --- requests -------------------------------------------------------------------------------

    async def ask(self, request: Any, limit: float | None = None) -> bytes:
        """The answer as it came, from its type on. limit: seconds instead of the device's
        time-out; 0 for as long as it takes. Raises DeviceError, of which ServiceFault is one."""
        client = self._client
        protocol = None if client is None else client.protocol
        if client is None or protocol is None:
            raise self._unreachable("not connected")
        what = type(request).__name__.removesuffix("Request")
        seconds = self.device.timeout if limit is None else limit or None
        try:
            async with asyncio.timeout(seconds):
                answer = await protocol.send_request(request, 0 if not seconds else seconds + 1)
        except TimeoutError:
            raise sdk.DeviceTimeout(
                f"no answer to {what} within {seconds:g} s", remedy=_SLOW
            ) from None
        except UaStatusCodeError as error:
            fault = ServiceFault(error.code, what)
            if fault.name in _SESSION_IS_GONE:
                raise self._unreachable(fault.message) from None
            raise fault from None
        except OSError:
            raise client.problem or self._unreachable("the server closed the connection") from None
        except Exception as error:  # isolates: asyncua's decoder raises whatever comes up
            raise client.problem or _nonsense(what, error) from error
        self.heard = asyncio.get_running_loop().time()
        return bytes(answer)

    async def call(self, request: Any, answer: Any) -> Any:
        """The answer, decoded by asyncua. Raises DeviceError."""
        return decode(answer, await self.ask(request))

    async def _renew(self, client: OpcUaClient) -> None:
        """A channel's keys are good for the time that the server allows, and are renewed before."""
        while True:
            await asyncio.sleep(client.secure_channel_timeout / 1000 * 0.75)
            try:
                async with asyncio.timeout(self.device.timeout):
                    await client.open_secure_channel(renew=True)
            except Exception as error:  # isolates: asyncua; whoever waits sees a closed connection
                log.warning("no new keys", device=self.device.name, reason=str(error))
                client.problem = sdk.DeviceProtocolError(f"the server gives no new keys: {error}")
                client.abort()
                return
            client.uaclient.revolve_security_token()

    # --- errors ---------------------------------------------------------------------------------

    def _refused(self, code: int) -> sdk.DeviceError:
        name = name_of(code)
        if name.startswith(_REFUSES_CLIENT):
            return SecurityRefused(
                f"the server refuses this client's certificate: {name}",
                field="options.security_policy",
                value=self.device.options["security_policy"],
                remedy="Trust it at the server: the gateway has it in own/certificate.der",
            )
        if name in _REFUSES_USER:
            return SecurityRefused(
                f"the server refuses the user: {name}",
                field="options.user",
                value=self.device.options["user"] or "anonymous",
                remedy="Check the user and its password, and what users the server takes",
            )
        return self._unreachable(f"the server refused the session: {name}")

    def _not_offered(self) -> SecurityRefused:
        return SecurityRefused(
            "the server offers no such security",
            field="options.security_policy",
            value=self.device.options["security_policy"],
            remedy="Choose a policy that the server offers, Basic256Sha256 say",
        )

    def _unreachable(self, problem: str) -> sdk.DeviceUnreachable:
        options = self.device.options
        return sdk.DeviceUnreachable(
            problem,
            field="options.host",
            value=f"{options['host']}:{options['port']}",
            remedy="Check that the server is on, on this network, and listens on this port",
        )


def read_request(nodes: Any, attribute: ua.AttributeIds = ua.AttributeIds.Value) -> ua.ReadRequest:
    """One attribute of each of these nodes, with both timestamps."""
    request = ua.ReadRequest()
    request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
    request.Parameters.NodesToRead = [
        ua.ReadValueId(NodeId=node, AttributeId=attribute) for node in nodes
    ]
    return request


def decode(answer: Any, data: bytes) -> Any:
    """An answer of this type by asyncua's own decoder. Raises DeviceProtocolError, nothing else."""
    try:
        decoded = struct_from_binary(answer, Buffer(data))
    except Exception as error:  # isolates: asyncua's decoder raises whatever comes up
        raise _nonsense(answer.__name__, error) from error
    if decoded.TypeId != answer().TypeId:
        raise sdk.DeviceProtocolError("an answer to another request", value=str(decoded.TypeId))
    return decoded


def _nonsense(what: str, error: Exception) -> sdk.DeviceProtocolError:
    return sdk.DeviceProtocolError(f"an answer that makes no sense, to {what}: {error}")
