import { Body, Controller, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, INVALID, MALFORMED, MALFORMED_CHANGE } from '../http/problem.dto.js';
import { ApiIfMatch, ETAG_HEADER, expectedVersion, STALE, withEtag } from '../http/versions.js';
import { respond } from '../idempotency/answer-once.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import {
  ChangeProductDto,
  CreateProductDto,
  ProductDto,
  ProductPageDto,
  ProductQuery,
} from './products.dto.js';
import { ProductsService } from './products.service.js';

const NOT_FOUND = { code: 'product_not_found', when: 'The product does not exist.' };
const SKU_TAKEN = { code: 'sku_taken', when: 'Another product has this SKU.' };

@Controller('products')
@ApiTags('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Requires('products:write')
  @Post()
  @ApiOperation({ operationId: 'createProduct', summary: 'Create a product with no stock' })
  @ApiResponse({
    status: 201,
    type: ProductDto,
    description: 'The created product.',
    headers: ETAG_HEADER,
  })
  @ApiIdempotent({ 400: MALFORMED, 409: SKU_TAKEN, 422: INVALID })
  create(
    @Body() body: CreateProductDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProductDto> {
    return respond(reply, (keyed) => this.products.create(body, actorOf(reply.request), keyed));
  }

  @Requires('stock:read', { isCostly: true })
  @Get()
  @ApiOperation({ operationId: 'listProducts', summary: 'List products, newest first' })
  @ApiResponse({ status: 200, type: ProductPageDto, description: 'A page of products.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: ProductQuery): Promise<ProductPageDto> {
    return this.products.list(query);
  }

  @Requires('stock:read')
  @Get(':id')
  @ApiOperation({ operationId: 'getProduct', summary: 'Get a product' })
  @ApiParam({ name: 'id', type: 'integer', example: 10 })
  @ApiResponse({ status: 200, type: ProductDto, description: 'The product.', headers: ETAG_HEADER })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  async get(
    @Param('id', IdPipe) id: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProductDto> {
    return withEtag(reply, await this.products.get(id));
  }

  @Requires('products:write')
  @Patch(':id')
  @ApiOperation({ operationId: 'changeProduct', summary: 'Change fields of a product' })
  @ApiParam({ name: 'id', type: 'integer', example: 10 })
  @ApiResponse({ status: 200, type: ProductDto, description: 'The changed product.', headers: ETAG_HEADER })
  @ApiIfMatch()
  @ApiProblems({ 400: MALFORMED_CHANGE, 404: NOT_FOUND, 409: SKU_TAKEN, ...STALE, 422: INVALID })
  async change(
    @Param('id', IdPipe) id: number,
    @Body() body: ChangeProductDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProductDto> {
    const { request } = reply;
    const expected = expectedVersion(request);
    return withEtag(reply, await this.products.change(id, body, actorOf(request), expected));
  }
}
