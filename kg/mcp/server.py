"""The service in the words of the protocol: tools, resources, prompts and completions of the official SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from kg.errors import KgError
from kg.mcp import resources
from kg.mcp.service import Service
from kg.mcp.tools import INSTRUCTIONS, TOOLS, Tool

__all__ = ["make_server"]


def make_server(service: Service) -> Server[Any]:
    """Return the SDK's server over a service; both eras of the protocol are served by it."""

    @asynccontextmanager
    async def lifespan(_: Server[Any]) -> AsyncIterator[None]:
        yield

    handlers = _Handlers(service)
    return Server(
        "kgq",
        version=_version(),
        title="kgq: a knowledge graph with quotes",
        instructions=INSTRUCTIONS,
        lifespan=lifespan,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=handlers.read_resource,
        on_list_prompts=handlers.list_prompts,
        on_get_prompt=handlers.get_prompt,
        on_completion=handlers.complete,
    )


def _version() -> str:
    try:
        return version("kgq")
    except PackageNotFoundError:
        return "0"


class _Handlers:
    """One method for each request of the protocol."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def list_tools(self, _: Any, __: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(tool) for tool in TOOLS])

    async def call_tool(self, _: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            found, text = await self._service.call(params.name, params.arguments or {})
        except KgError as error:
            return types.CallToolResult(
                content=[types.TextContent(type="text", text=_sentence(error))], is_error=True
            )
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)], structured_content=found, is_error=False
        )

    async def list_resources(self, _: Any, __: Any) -> types.ListResourcesResult:
        found = [
            types.Resource(
                uri=resource.uri,
                name=resource.name,
                title=resource.title,
                description=resource.description,
                mime_type="text/plain",
            )
            for resource in resources.RESOURCES
        ]
        return types.ListResourcesResult(resources=found)

    async def list_templates(self, _: Any, __: Any) -> types.ListResourceTemplatesResult:
        found = [
            types.ResourceTemplate(
                uri_template=template.uri,
                name=template.name,
                title=template.title,
                description=template.description,
                mime_type="text/plain",
            )
            for template in resources.TEMPLATES
        ]
        return types.ListResourceTemplatesResult(resource_templates=found)

    async def read_resource(self, _: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            text = await resources.read(self._service, str(params.uri))
        except KgError as error:
            raise MCPError(types.INVALID_PARAMS, _sentence(error), {"uri": str(params.uri)[:500]}) from error
        contents = types.TextResourceContents(uri=params.uri, mime_type="text/plain", text=text)
        return types.ReadResourceResult(contents=[contents])

    async def list_prompts(self, _: Any, __: Any) -> types.ListPromptsResult:
        found = [
            types.Prompt(
                name=prompt.name,
                title=prompt.title,
                description=prompt.description,
                arguments=[
                    types.PromptArgument(name=name, description=description, required=True)
                    for name, description in prompt.arguments
                ],
            )
            for prompt in resources.PROMPTS
        ]
        return types.ListPromptsResult(prompts=found)

    async def get_prompt(self, _: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        try:
            prompt, text = resources.prompt_text(params.name, params.arguments or {})
        except KgError as error:
            raise MCPError(types.INVALID_PARAMS, _sentence(error)) from error
        message = types.PromptMessage(role="user", content=_text(text))
        return types.GetPromptResult(description=prompt.description, messages=[message])

    async def complete(self, _: Any, params: types.CompleteRequestParams) -> types.CompleteResult:
        try:
            values = await resources.complete(self._service, params.argument.name, params.argument.value)
        except KgError:  # nobody waits for a completion to fail
            values = []
        return types.CompleteResult(completion=types.Completion(values=values, has_more=len(values) == 100))


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)


def _tool(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.takes,
        output_schema=tool.gives,
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )


def _sentence(error: KgError) -> str:
    """Return a message as a sentence of its own."""
    text = str(error)
    return text[:1].upper() + text[1:]
